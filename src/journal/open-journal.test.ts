import { expect, it } from 'vitest'
import type { JournalEntry, JournalNote } from './journal.js'
import { allOf, chunkEntry, openedJournal, plain } from './journal-fixture.js'
import { memoryDisk } from './memory-disk-fixture.js'

const tick = (entry: number): JournalEntry => ({
  kind: 'time',
  entry,
  what: 'tick',
  sources: ['readings', 'räume'],
  wall: 5,
  stream: 1.5,
  partitions: new Map([
    [0, 3],
    [7, 4.25],
  ]),
})
const acknowledged: JournalNote = { kind: 'acknowledged', sink: 'out', position: { entry: 1, ordinal: 4 } }

it('gives back what was appended, over segments and epochs', async () => {
  const disk = memoryDisk()
  const written: unknown[] = []
  for (let epoch = 1; epoch <= 4; epoch++) {
    const { journal, failures } = await openedJournal(disk, { segmentBytes: 4_500 })
    expect(journal.durable).toBe(journal.last)
    expect(await allOf(journal)).toEqual(written)
    for (let i = 0; i < 5; i++) {
      const entry = journal.last + 1
      const items = [chunkEntry(entry, ['a'.repeat(entry), '', 'bcd']), tick(entry + 1)]
      for (const item of items) journal.append(item)
      written.push(...items.map(plain), acknowledged)
      let durable = false
      journal.note(acknowledged, () => {
        durable = true
      })
      expect(durable).toBe(false)
      await journal.flush()
      expect(durable).toBe(true)
      expect(journal.durable).toBe(journal.last)
    }
    expect(await allOf(journal)).toEqual(written)
    await journal.close()
    expect(failures).toEqual([])
  }
  expect(disk.files.size).toBeGreaterThan(6)
})
