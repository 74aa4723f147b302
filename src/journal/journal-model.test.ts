import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JournalEntry, JournalNote } from './journal.js'
import { allOf, chunkEntry, type OpenedJournal, openedJournal, plain } from './journal-fixture.js'
import { type MemoryDisk, memoryDisk } from './memory-disk-fixture.js'

/** Some longer than a sector of the disk, so that a power loss may take an earlier record and leave a later one. */
const text = fc.oneof(fc.string(), fc.constant('a sector and more '.repeat(40)))

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), texts: fc.array(text, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('note' as const), ordinal: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('tick' as const), partitions: fc.dictionary(fc.stringMatching(/^[1-9]$/), fc.double()) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  // Not closed first: what it still writes comes too late.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeOver' as const), late: fc.nat(5), turns: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('powerLoss' as const), survival: fc.infiniteStream(fc.boolean()) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failSync' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await undefined
}

/** A journal beside the list that it should be. */
class Beside {
  #disk: MemoryDisk = memoryDisk()
  #opened!: OpenedJournal
  /** Entries and notes, and how many of them are known to be durable. */
  #items: unknown[] = []
  #certain = 0
  #entries: number[] = []
  readonly #segmentBytes: number

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes
  }

  async open(): Promise<void> {
    this.#opened = await openedJournal(this.#disk, { segmentBytes: this.#segmentBytes })
    const { journal } = this.#opened
    const found = await allOf(journal)
    expect(found).toEqual(this.#items.slice(0, found.length))
    expect(found.length).toBeGreaterThanOrEqual(this.#certain)
    this.#items = found
    this.#entries = this.#entries.slice(0, found.length)
    this.#certain = found.length
    expect(journal.last).toBe(this.#entries.at(-1) ?? 0)
    expect(journal.durable).toBe(journal.last)
    const after = Math.floor(journal.last / 2)
    expect(await allOf(journal, after)).toEqual(found.slice(after === 0 ? 0 : this.#entries.indexOf(after) + 1))
    for (const { first, last, name } of journal.segments()) expect(last, name).toBeGreaterThanOrEqual(first - 1)
  }

  async do(operation: Operation): Promise<void> {
    const { journal } = this.#opened
    switch (operation.do) {
      case 'append':
        return this.#append(chunkEntry(journal.last + 1, operation.texts))
      case 'tick': {
        const partitions = new Map(Object.entries(operation.partitions).map(([origin, clock]) => [Number(origin), clock]))
        return this.#append({ kind: 'time', entry: journal.last + 1, what: 'end', sources: ['a', 'é'], wall: 1, stream: 2, partitions })
      }
      case 'note': {
        const note: JournalNote = {
          kind: 'acknowledged',
          sink: 'out',
          position: { entry: journal.last, ordinal: operation.ordinal },
          rows: operation.ordinal + 1,
        }
        const count = this.#items.push(plain(note))
        this.#entries.push(journal.last)
        const [opened, disk] = [this.#opened, this.#disk]
        journal.note(note, () => {
          if (this.#opened === opened && this.#disk === disk) this.#certain = Math.max(this.#certain, count)
        })
        return
      }
      case 'flush':
        await journal.flush()
        expect(journal.durable).toBe(journal.last)
        this.#certain = this.#items.length
        expect(await allOf(journal)).toEqual(this.#items)
        return
      case 'turns':
        return turns(operation.count)
      case 'reopen':
        await journal.close()
        this.#certain = this.#items.length
        return this.open()
      case 'takeOver':
        return this.#takeOver(operation.late, operation.turns)
      case 'powerLoss': {
        this.#markDurable()
        const survival = operation.survival[Symbol.iterator]()
        this.#disk = this.#disk.afterPowerLoss(() => survival.next().value)
        return this.open()
      }
      case 'failSync':
        return this.#failSync()
    }
  }

  #append(entry: JournalEntry): void {
    this.#opened.journal.append(entry)
    this.#items.push(plain(entry))
    this.#entries.push(entry.entry)
  }

  /** Entries up to `durable`, and the notes before them. */
  #markDurable(): void {
    const { durable } = this.#opened.journal
    const at = this.#entries.indexOf(durable)
    this.#certain = Math.max(this.#certain, durable === 0 ? 0 : at + 1)
  }

  async #takeOver(late: number, count: number): Promise<void> {
    const before = this.#opened
    this.#markDurable()
    await this.open()
    const durable = before.journal.durable
    for (let i = 0; i < late && before.failures.length === 0; i++) {
      before.journal.append(chunkEntry(before.journal.last + 1, ['too late']))
      await turns(count)
    }
    await before.journal.flush().catch(() => undefined)
    expect(before.journal.durable).toBe(durable)
    if (before.journal.last > durable) expect(before.failures.map(({ code }) => code)).toEqual(['MR440'])
    await before.journal.close()
  }

  async #failSync(): Promise<void> {
    const { journal, failures } = this.#opened
    await journal.flush()
    this.#markDurable()
    const { durable } = journal
    this.#disk.onSync = () => {
      throw new Error('EIO')
    }
    this.#append(chunkEntry(journal.last + 1, ['never synced']))
    await expect(journal.flush()).rejects.toMatchObject({ code: 'MR444' })
    expect(failures.map(({ code }) => code)).toEqual(['MR444'])
    expect(journal.durable).toBe(durable)
    expect(() => journal.append(chunkEntry(journal.last + 1, []))).toThrow()
    await journal.close()
    this.#disk.onSync = () => {}
    await this.open()
  }
}

it('is a list, whatever happens to it', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4_096, max: 5_000 }), fc.array(operation, { maxLength: 30 }), async (segmentBytes, operations) => {
      const beside = new Beside(segmentBytes)
      await beside.open()
      for (const operation of operations) await beside.do(operation)
      await beside.do({ do: 'flush' })
      await beside.do({ do: 'reopen' })
    }),
    { numRuns: 200 },
  )
})
