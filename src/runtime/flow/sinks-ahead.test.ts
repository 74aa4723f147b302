import { expect, test } from 'vitest'
import type { KeptBytes } from '../../model/kept-bytes.js'
import { SinksAhead } from './sinks-ahead.js'

/** The file, over starts. */
function file(): KeptBytes & { saves: number } {
  let kept: Uint8Array | undefined
  const one = {
    saves: 0,
    load: async () => kept,
    save: async (bytes: Uint8Array) => {
      one.saves++
      kept = bytes
    },
  }
  return one
}
const at = (entry: number) => ({ entry, ordinal: 0 })

test('a sink that holds no more than the journal is gone on with, and nothing is kept', async () => {
  const kept = file()
  const ahead = new SinksAhead(7, kept)
  for (const held of [undefined, at(7), at(1)]) await ahead.check('out', held)
  expect(kept.saves).toBe(0)
})

test('one that holds more is refused at every start, though entries have come since, until it was put back or moved away', async () => {
  const kept = file()
  const starts = [2, 5, 9, 30].map(last => new SinksAhead(last, kept))
  for (const start of starts) {
    const [out, other, fine] = await Promise.allSettled([
      start.check('out', at(9)),
      start.check('other', at(8)),
      start.check('fine', at(1)),
    ])
    expect(out).toMatchObject({ reason: { code: 'MR446', message: "'out' holds results of entry 9, and the journal ended with entry 2" } })
    expect(other).toMatchObject({ reason: { code: 'MR446' } })
    expect(fine).toMatchObject({ status: 'fulfilled' })
  }
  expect(kept.saves).toBe(2)
  const moved = new SinksAhead(31, kept)
  await moved.check('out', undefined)
  await moved.check('other', at(2))
  const later = new SinksAhead(50, kept)
  await later.check('out', at(40))
  await later.check('other', at(40))
})

test('a disk that neither gives nor takes the file does not hide what the journal shows', async () => {
  const broken = { load: () => Promise.reject(new Error('damaged')), save: () => Promise.reject(new Error('full')) }
  const ahead = new SinksAhead(2, broken)
  await expect(ahead.check('out', at(3))).rejects.toMatchObject({ code: 'MR446' })
  await ahead.check('fine', at(2))
})
