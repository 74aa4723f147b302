import { beforeAll, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/journal/journal.js'
import { allOf, chunkEntry, openedJournal, plain } from '../../src/journal/journal-fixture.js'
import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { verifyJournal } from '../../src/journal/verify-journal.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'

/** Two epochs, each of them with several segments; the last record of each segment is a group of its own. */
const disk = memoryDisk()
const written: unknown[] = []
let segments: readonly { readonly path: string; readonly size: number; readonly last: number }[] = []

beforeAll(async () => {
  for (let epoch = 1; epoch <= 2; epoch++) {
    const { journal } = await openedJournal(disk, { segmentBytes: 4_300 })
    for (let i = 0; i < 3; i++) {
      const item: JournalEntry = chunkEntry(journal.last + 1, [`${epoch}`, `text ${i}`])
      journal.append(item)
      written.push(plain(item))
      await journal.flush()
    }
    segments = journal.segments().map(({ name, last }) => ({ path: `data/journal/${name}`, size: 0, last }))
    await journal.close()
  }
  segments = segments.map(segment => ({ ...segment, size: disk.files.get(segment.path)!.length }))
  expect(segments.length).toBeGreaterThanOrEqual(3)
})

/** What reading gives, or the code of the error. */
async function readBack(altered: MemoryDisk): Promise<unknown[] | string> {
  try {
    const { journal } = await openedJournal(altered)
    const items = await allOf(journal)
    await journal.close()
    return items
  } catch (error) {
    if (error instanceof MillraceError) return error.code
    throw error
  }
}

async function findsDamage(altered: MemoryDisk): Promise<boolean> {
  let damage = false
  for await (const finding of verifyJournal(altered, 'data/journal')) damage ||= finding.damage !== undefined
  return damage
}

/** Compared as text: some twenty thousand times. */
const isPrefix = (items: readonly unknown[]): boolean => JSON.stringify(items) === JSON.stringify(written.slice(0, items.length))

const isAll = (found: unknown[] | string): boolean => typeof found !== 'string' && isPrefix(found) && found.length === written.length

describe('a journal of several segments and epochs', () => {
  it('is read as it was written', async () => {
    expect(await readBack(disk.copy())).toEqual(written)
  })

  it('never gives another entry when any one byte is flipped', async () => {
    const newest = segments.at(-1)!
    for (const { path, size } of segments) {
      for (let at = 0; at < size; at++) {
        const altered = disk.copy()
        altered.files.get(path)![at]! ^= 1 << (at % 8)
        const unread = altered.copy()
        const found = await readBack(altered)
        if (at % 9 === 0) expect(await findsDamage(unread), `${path} ${at}`).toBe(typeof found === 'string')
        if (typeof found === 'string') expect(found).toMatch(/^MR44[23]$/)
        else {
          expect(isPrefix(found), `${path} ${at}`).toBe(true)
          // Only what nothing vouches for may be taken for half-written: the last group of all.
          expect(found.length, `${path} ${at}`).toBeGreaterThanOrEqual(written.length - 1)
          if (path !== newest.path) expect(found.length, `${path} ${at}`).toBe(written.length)
        }
      }
    }
  })

  it('never gives another entry when a segment is cut anywhere', async () => {
    const newest = segments.at(-1)!
    const before = segments.at(-2)!.last
    for (const { path, size } of segments) {
      for (let length = 0; length < size; length++) {
        const altered = disk.copy()
        altered.files.set(path, altered.files.get(path)!.slice(0, length))
        const found = await readBack(altered)
        // A copy of the last group of the first epoch lies in the second, which took over.
        if (path !== newest.path) expect(found === 'MR442' || isAll(found), `${path} ${length}`).toBe(true)
        else {
          expect(Array.isArray(found) && isPrefix(found)).toBe(true)
          expect(found.length).toBeGreaterThanOrEqual(before)
        }
      }
    }
  })
})
