import { catalogue } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { mustBe, mustEqual } from './connector-case.js'
import { type SuiteRow, suiteBatch, suiteRows } from './connector-rows.js'
import type { SinkHarness } from './connector-sink-harness.js'
import { failure, numbersOf, opened, type SinkCase } from './connector-writing.js'

const firstTimes = (numbers: readonly number[]): number[] => [...new Set(numbers)]

/** What a sink owes when its connection breaks or its peer is away. */
export function sinkCutCases(harness: SinkHarness): readonly SinkCase[] {
  const batch = (rows: readonly SuiteRow[]) => suiteBatch(rows, harness.computed)
  return [
    {
      name: 'loses no row over a connection that breaks; an idempotent one repeats none',
      async run(place, near) {
        if (!place.cut) return
        const writer = await opened(place, near)
        const writes: Promise<void>[] = []
        for (let i = 0; i < 6; i++) {
          writes.push(writer.write(batch(suiteRows(50, i * 50)), { entry: i + 1, ordinal: 0 }))
          await near.pause(10)
          await place.cut()
          await near.pause(30)
        }
        await near.within('all writes end', Promise.all(writes), 60_000)
        const got = numbersOf(await place.received())
        const wanted = suiteRows(300).map(({ n }) => n)
        const once = firstTimes(got)
        mustEqual(harness.unordered ? once.sort((a, b) => a - b) : once, wanted, 'each row, in order')
        if (writer.guarantee !== 'append') mustBe(got.length === 300, 'no row twice', got.length)
        await writer.close()
        await near.until('no timer is left', () => near.timers() === 0, 5_000)
      },
    },
    {
      name: 'waits for a peer that is away, says what for, and goes on by itself',
      async run(place, near) {
        if (!place.peer) return
        const writer = await opened(place, near)
        await writer.write(batch(suiteRows(1)), { entry: 1, ordinal: 0 })
        await place.peer.stop()
        const write = writer.write(batch(suiteRows(5, 1)), { entry: 2, ordinal: 0 })
        await near.until('it says what it waits for', () => writer.status().waiting !== undefined && !writer.status().connected)
        const { waiting, pending, error } = writer.status()
        mustBe(waiting!.for.length > 3 && pending > 0, 'with what is pending', { waiting, pending })
        mustBe(error !== undefined && error.code in catalogue, 'and why', error)
        const found = await near.within('the check ends', place.sink().check(near.context, 2_000))
        mustBe(
          found.some(({ ok, severity, code }) => !ok && severity === 'warning' && code !== undefined && code in catalogue),
          'the check warns of an absent peer',
          found,
        )
        await place.peer.start()
        await near.within('the write ends', write, 60_000)
        mustEqual(firstTimes(numbersOf(await place.received())), [0, 1, 2, 3, 4, 5], 'rows')
        mustBe(writer.status().pending === 0 && writer.status().waiting === undefined, 'it waits no more', writer.status())
        await writer.close()
      },
    },
    {
      name: 'closes with rows that wait: their write fails, no timer is left',
      async run(place, near) {
        if (!place.peer) return
        const writer = await opened(place, near)
        await place.peer.stop()
        const write = failure(writer.write(batch(suiteRows(3)), { entry: 1, ordinal: 0 }))
        await near.pause(50)
        await near.within('it closes', writer.close(), 10_000)
        const error = await near.within('the write ends', write)
        mustBe(error instanceof MillraceError, 'with an error of the catalogue', String(error))
        await near.until('no timer is left', () => near.timers() === 0, 5_000)
        await place.peer.start()
      },
    },
  ]
}
