import { expect, it } from 'vitest'
import type { JournalEntry, JournalNote } from './journal.js'
import { allOf, chunkEntry, openedJournal, plain } from './journal-fixture.js'
import { memoryDisk } from './memory-disk-fixture.js'
import { readJournal } from './read-journal.js'
import { type SegmentFinding, verifyJournal } from './verify-journal.js'

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

it('keeps each kind of entry as it is', async () => {
  const { journal } = await openedJournal(memoryDisk())
  const chunk = chunkEntry(4, ['', 'ä', 'third'])
  const items: (JournalEntry | JournalNote)[] = [
    { kind: 'bundle', bundle: 'aä', plan: 'b' },
    { kind: 'bundle', bundle: 'aä', plan: 'b', semantics: { 'aggregate mean': 2 } },
    { kind: 'bundle', bundle: 'aä', plan: 'b', semantics: {}, release: '1.2.3' },
    { kind: 'time', entry: 1, what: 'hello', sources: [], wall: -5, stream: Number.NEGATIVE_INFINITY, partitions: new Map() },
    {
      kind: 'reference',
      entry: 2,
      source: 'käfka',
      partition: 7,
      clock: { wall: 1, stream: 2, partition: 3 },
      length: 12,
      reference: '100…111',
    },
    { ...chunkEntry(3, []) },
    chunk.kind === 'chunk' ? { ...chunk, chunk: { ...chunk.chunk, encoding: 'amqp', lines: Int32Array.of(4, 5, 9, 0, 0) } } : chunk,
    acknowledged,
    tick(5),
  ]
  for (const item of items) {
    if (item.kind === 'bundle' || item.kind === 'acknowledged') journal.note(item)
    else journal.append(item)
  }
  await journal.flush()
  expect(await allOf(journal)).toEqual(items.map(plain))
  expect(await allOf(journal, 3)).toEqual(items.slice(6).map(plain))
  // A note behind the last entry asked for may still tell of it.
  expect(await allOf(journal, 4)).toEqual(items.slice(7).map(plain))
  expect(() => journal.append(tick(9))).toThrow(RangeError)
  await journal.close()
})

it('drops segments before what recovery needs, and says so to who asks for them', async () => {
  const disk = memoryDisk()
  const { journal } = await openedJournal(disk, { segmentBytes: 4_200, retentionBytes: 0, retentionMs: 0 })
  const written: unknown[] = []
  for (let i = 1; i <= 30; i++) {
    const item = chunkEntry(i, ['x'.repeat(30)])
    journal.append(item)
    journal.note(acknowledged)
    written.push(plain(item), acknowledged)
    await journal.flush()
  }
  await journal.retain(17)
  const [oldest] = journal.segments()
  expect(oldest!.first).toBeGreaterThan(10)
  expect(oldest!.first).toBeLessThanOrEqual(17)
  // With the notes behind entry 17 itself.
  expect(await allOf(journal, 17)).toEqual(written.slice(33))
  await expect(allOf(journal, 3)).rejects.toMatchObject({ code: 'MR442' })
  await journal.close()
  const again = await openedJournal(disk)
  expect(again.journal.segments()[0]!.first).toBe(oldest!.first)
  expect(await allOf(again.journal, 17)).toEqual(written.slice(33))
  await again.journal.close()
})

it('of a job to which little comes, too, keeps no entry much longer than it has to', async () => {
  const hour = 3_600_000
  let now = 0
  const { journal } = await openedJournal(memoryDisk(), { retentionMs: 24 * hour }, () => now)
  for (let i = 1; i <= 100; i++) {
    now = i * hour
    journal.append(chunkEntry(i, ['x']))
    await journal.flush()
    await journal.retain(i)
    // The last segment of those that may go was begun a quarter of the time before it ended.
    expect(journal.segments()[0]!.first).toBeGreaterThan(i - 32)
    expect(journal.segments()[0]!.first).toBeLessThanOrEqual(Math.max(1, i - 23))
  }
  await journal.close()
})

it('is read and verified without being opened', async () => {
  const disk = memoryDisk()
  for (let epoch = 1; epoch <= 3; epoch++) {
    const { journal } = await openedJournal(disk, { segmentBytes: 4_200 })
    for (let i = 0; i < 6; i++) {
      journal.append(chunkEntry(journal.last + 1, ['a', 'bc']))
      journal.note(acknowledged)
      await journal.flush()
    }
    await journal.close()
  }
  const before = JSON.stringify([...disk.files.keys()])
  const offline: unknown[] = []
  for await (const item of readJournal(disk, 'data/journal', 5)) offline.push(plain(item))
  const findings: SegmentFinding[] = []
  for await (const finding of verifyJournal(disk, 'data/journal')) findings.push(finding)
  expect(JSON.stringify([...disk.files.keys()])).toBe(before)
  const { journal } = await openedJournal(disk)
  expect(offline).toEqual(await allOf(journal, 5))
  await journal.close()
  expect(findings.every(({ damage }) => damage === undefined)).toBe(true)
  expect(findings.map(({ epoch }) => epoch)).toEqual(findings.map(({ epoch }) => epoch).toSorted())
  expect(findings.reduce((sum, { messages }) => sum + messages, 0)).toBe(36)
  const spans = findings.flatMap(({ entries }) => (entries ? [entries] : []))
  expect([spans[0]!.first, spans.at(-1)!.last]).toEqual([1, 18])
  for (const [i, { first }] of spans.entries()) if (i > 0) expect(first).toBe(spans[i - 1]!.last + 1)
})
