import { randomBytes } from 'node:crypto'
import type { Log, RandomSource, TimeSource } from '../../src/model/seams.js'

/** The machine's clock, for tests that hold real sockets. */
export const realTime: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** The machine's randomness. */
export const realRandom: RandomSource = {
  next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  hex: length => randomBytes(length).toString('hex').slice(0, length),
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
