import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allOf, chunkEntry, type OpenedJournal, openedJournal } from '../../src/journal/journal-fixture.js'
import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import type { DiskFile } from '../../src/model/disk.js'

const never = new Promise<never>(() => {})

/** The disk as a process uses it that dies at one of its steps: that step is done or not, and nothing happens after it. */
function dyingDisk(disk: MemoryDisk, steps: number, lastIsDone: boolean): { readonly disk: MemoryDisk; readonly death: Promise<void> } {
  let left = steps
  let die: () => void = () => {}
  const death = new Promise<void>(resolve => {
    die = resolve
  })
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left > 0) {
      left--
      return work()
    }
    if (left === 0 && lastIsDone) await work()
    left = -1
    die()
    return never
  }
  const fileOf = (file: DiskFile): DiskFile => ({
    ...file,
    write: (bytes, position) => step(() => file.write(bytes, position)),
    sync: () => step(() => file.sync()),
  })
  const dying: MemoryDisk = {
    ...disk,
    create: path => step(async () => fileOf(await disk.create(path))),
    open: async (path, how) => fileOf(await disk.open(path, how)),
    rename: (from, to) => step(() => disk.rename(from, to)),
    remove: path => step(() => disk.remove(path)),
    syncFolder: path => step(() => disk.syncFolder(path)),
  }
  return { disk: dying, death }
}

const life = fc.record({
  steps: fc.nat(40),
  lastIsDone: fc.boolean(),
  batches: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }),
  /** Undefined: only the process dies. */
  power: fc.option(fc.infiniteStream(fc.boolean()), { nil: undefined }),
  /** The clock may go back. */
  wall: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  keep: fc.boolean(),
})

it('keeps what was durable, whichever step of opening, writing, trimming or closing a process dies at, time after time', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 12 }), async lives => {
      let disk = memoryDisk()
      /** Text of each entry, as far as it is known to be durable; what follows may or may not be there. */
      const written: string[] = []
      let durable = 0
      let trimmed = 0
      for (const [number, { steps, lastIsDone, batches, power, wall, keep }] of lives.entries()) {
        const machine = dyingDisk(disk, steps, lastIsDone)
        const tuning = { segmentBytes: 4_200, retentionBytes: keep ? 2 ** 30 : 0, retentionMs: keep ? 2 ** 40 : 0 }
        let opened: OpenedJournal | undefined
        const live = async (): Promise<void> => {
          opened = await openedJournal(machine.disk, tuning, () => wall)
          const { journal } = opened
          expect(journal.last).toBeGreaterThanOrEqual(durable)
          written.length = journal.last
          for (const [i, size] of batches.entries()) {
            for (let n = 0; n < size; n++) {
              const text = `${number}/${i}/${n} ${'x'.repeat(100)}`
              journal.append(chunkEntry(journal.last + 1, [text]))
              written.push(text)
            }
            await journal.flush()
            trimmed = Math.max(trimmed, journal.durable - 1)
            if (!keep) await journal.retain(trimmed)
          }
          await journal.close()
        }
        await Promise.race([live(), machine.death])
        expect(opened?.failures ?? []).toEqual([])
        durable = Math.max(durable, opened?.journal.durable ?? 0)
        const survives = power?.[Symbol.iterator]()
        disk = survives ? disk.afterPowerLoss(() => survives.next().value) : disk.copy()
      }
      const { journal } = await openedJournal(disk)
      expect(journal.last).toBeGreaterThanOrEqual(durable)
      const first = journal.segments()[0]!.first
      expect(first).toBeLessThanOrEqual(Math.max(1, trimmed + 1))
      const found = (await allOf(journal, first - 1)) as { readonly texts: readonly string[] }[]
      expect(found.map(({ texts }) => texts[0])).toEqual(written.slice(first - 1, journal.last))
      await journal.close()
      expect([...disk.files.keys()].filter(path => path.startsWith('data/epochs/')).length).toBe(1)
      expect([...disk.files.keys()].filter(path => path.endsWith('.new'))).toEqual([])
    }),
    { numRuns: 300 },
  )
})
