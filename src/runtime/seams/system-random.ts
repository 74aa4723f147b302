import { randomBytes } from 'node:crypto'
import type { RandomSource } from '../../model/seams.js'

/** The machine's randomness. */
export const systemRandom: RandomSource = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  hex: length =>
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
}
