import { expect, test } from 'vitest'
import type { HeldPosition } from '../../connector/sink.js'
import type { KeptBytes } from '../../model/kept-bytes.js'
import { virtualTime } from '../seams/virtual-time.js'
import { SinksAhead } from './sinks-ahead.js'

/** The file, over starts. */
function file(): KeptBytes & { saves: number; isFull: boolean } {
  let kept: Uint8Array | undefined
  const one = {
    saves: 0,
    isFull: false,
    load: async () => kept,
    save: async (bytes: Uint8Array) => {
      if (one.isFull) throw new Error('full')
      one.saves++
      kept = bytes
    },
  }
  return one
}
const at = (entry: number) => ({ entry, ordinal: 0 })

/** A start with a journal that ends there. */
function begun(last: number, kept: KeptBytes) {
  const time = virtualTime(0)
  const unread: string[] = []
  const ahead = new SinksAhead(last, kept, time, why => void unread.push(why))
  return { time, ahead, unread, check: (sink: string, held: HeldPosition | undefined) => ahead.judge(sink, Promise.resolve(held)) }
}
const refused = (last: number) => ({ code: 'MR446', message: `'out' holds results of entry 9, and the journal ended with entry ${last}` })

test('a sink that holds no more than the journal is gone on with, and nothing is kept', async () => {
  const kept = file()
  const { check } = begun(7, kept)
  for (const held of [undefined, at(7), at(1)]) expect(await check('out', held)).toEqual(held)
  expect(kept.saves).toBe(0)
})

test('one that holds more is refused at every start, though entries have come since, until it was put back or moved away', async () => {
  const kept = file()
  for (const start of [2, 5, 9, 30].map(last => begun(last, kept))) {
    const [out, other, fine] = await Promise.allSettled([
      start.check('out', at(9)),
      start.check('other', at(8)),
      start.check('fine', at(1)),
    ])
    expect(out).toMatchObject({ reason: refused(2) })
    expect(other).toMatchObject({ reason: { code: 'MR446' } })
    expect(fine).toMatchObject({ status: 'fulfilled' })
  }
  expect(kept.saves).toBe(2)
  const moved = begun(31, kept)
  await moved.check('out', undefined)
  await moved.check('other', at(2))
  const later = begun(50, kept)
  await later.check('out', at(40))
  await later.check('other', at(40))
})

test('so is one that was away while entries came: it failed, or never answered', async () => {
  const [failed, silent] = [file(), file()]
  await expect(begun(2, failed).ahead.judge('out', Promise.reject(new Error('no route')))).rejects.toThrow('no route')
  const waiting = begun(2, silent)
  void waiting.ahead.judge('out', new Promise(() => {}))
  await waiting.time.advance(2_000)
  for (const kept of [failed, silent]) {
    await expect(begun(5, kept).ahead.judge('out', Promise.reject(new Error('no route')))).rejects.toThrow('no route')
    await expect(begun(30, kept).check('out', at(9))).rejects.toMatchObject(refused(2))
  }
  expect([failed.saves, silent.saves]).toEqual([1, 1])
})

test('one that was away and holds no more is gone on with once that is kept: what it holds later is not held against it', async () => {
  const kept = file()
  const first = begun(7, kept)
  await expect(first.ahead.judge('out', Promise.reject(new Error('no route')))).rejects.toThrow('no route')
  kept.isFull = true
  await expect(first.check('out', at(7))).rejects.toThrow('full')
  await expect(first.check('out', at(7))).rejects.toThrow('full')
  kept.isFull = false
  await first.check('out', at(7))
  await begun(30, kept).check('out', at(29))
})

test('a disk that neither gives nor takes the file does not hide what the journal shows, and that is said', async () => {
  const broken = { load: () => Promise.reject(new Error('damaged')), save: () => Promise.reject(new Error('full')) }
  const { check, unread } = begun(2, broken)
  await expect(check('out', at(3))).rejects.toMatchObject({ code: 'MR446' })
  await check('fine', at(2))
  expect(unread).toEqual(['damaged'])
})
