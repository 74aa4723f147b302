import { catalogue } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type ConformanceCase, mustBe, mustEqual } from './connector-case.js'
import { type SuiteRow, suiteBatch, suiteRows } from './connector-rows.js'
import { sinkCutCases } from './connector-sink-cuts.js'
import type { SinkHarness } from './connector-sink-harness.js'
import { surroundings } from './connector-surroundings.js'
import { failure, numbersOf, opened, type SinkCase } from './connector-writing.js'

/**
 * The cases that every sink of Millrace passes, for whatever runner.
 *
 * @example
 * for (const { name, run } of sinkConformance(harness)) test(name, run)
 */
export function sinkConformance(harness: SinkHarness): readonly ConformanceCase[] {
  return [...writing(harness), ...sinkCutCases(harness), ...refusing(harness)].map(({ name, run }) => ({
    name: `${harness.name}: ${name}`,
    async run() {
      // Positions count the entries of a journal.
      const near = surroundings({ journal: 'conformance', ...harness.context })
      const place = await harness.place()
      try {
        await run(place, near)
      } finally {
        await place.close()
      }
      for (const secret of harness.secrets ?? []) mustBe(!near.logged().includes(secret), 'no secret is logged')
    },
  }))
}

const writing = (harness: SinkHarness): readonly SinkCase[] => {
  const batch = (rows: readonly SuiteRow[]) => suiteBatch(rows, harness.computed)
  const inOrder = (numbers: readonly number[]) => (harness.unordered ? [...numbers].sort((a, b) => a - b) : numbers)
  return [
    {
      name: 'resolves a write once its peer holds the rows, in order and whole',
      async run(place, near) {
        const writer = await opened(place, near)
        mustBe(['transactional', 'idempotent', 'append'].includes(writer.guarantee), 'it names its guarantee', writer.guarantee)
        const rows: SuiteRow[] = [...suiteRows(50), { device: 'Küche "1"\n\\ 🌡️', n: 50, at: 1_700_000_000_500, note: null }]
        await near.within('a write ends', writer.write(batch(rows), { entry: 1, ordinal: 0 }))
        const got = await place.received()
        mustEqual(
          inOrder(numbersOf(got)),
          rows.map(({ n }) => n),
          'what the peer holds when the write has resolved',
        )
        const odd = got.find(({ n }) => Number(n) === 50)!
        mustBe(odd['device'] === rows[50]!.device, 'texts arrive as they were', odd)
        const at = odd['at']
        mustBe((typeof at === 'number' ? at : Date.parse(String(at))) === rows[50]!.at, 'times arrive to the millisecond', odd)
        await writer.close()
      },
    },
    {
      name: 'writes that wait together keep their order; an empty batch resolves',
      async run(place, near) {
        const writer = await opened(place, near)
        const writes = Array.from({ length: 20 }, (_, i) => writer.write(batch(suiteRows(25, i * 25)), { entry: i + 1, ordinal: 0 }))
        writes.push(writer.write(batch([]), { entry: 21, ordinal: 0 }))
        await near.within('all writes end', Promise.all(writes), 60_000)
        mustEqual(
          inOrder(numbersOf(await place.received())),
          suiteRows(500).map(({ n }) => n),
          'rows',
        )
        mustBe(writer.status().pending === 0, 'nothing is pending', writer.status())
        await writer.close()
      },
    },
    {
      name: 'takes thousands of rows in one batch',
      async run(place, near) {
        const writer = await opened(place, near)
        await near.within('the write ends', writer.write(batch(suiteRows(3_000)), { entry: 1, ordinal: 0 }), 60_000)
        mustEqual(
          inOrder(numbersOf(await place.received())),
          suiteRows(3_000).map(({ n }) => n),
          'rows',
        )
        await writer.close()
      },
    },
    {
      name: 'refuses a row that its peer can never take, and writes all others',
      async run(place, near) {
        if (harness.tooLarge === undefined) return
        const writer = await opened(place, near)
        const rows = suiteRows(10).map(row => (row.n === 4 ? { ...row, note: 'x'.repeat(harness.tooLarge!) } : row))
        const error = await near.within('the write fails', failure(writer.write(batch(rows), { entry: 1, ordinal: 0 })))
        mustBe(error instanceof MillraceError && error.action === 'dead-letter', 'with an error that dead-letters the row', String(error))
        const named = [...new Set(error.message.match(/\bc\d\b/g))]
        mustBe(named.join() === 'c4', 'and names it alone', error.message)
        mustEqual(inOrder(numbersOf(await place.received())), [0, 1, 2, 3, 5, 6, 7, 8, 9], 'the others')
        await near.within('and it goes on', writer.write(batch(suiteRows(1, 10)), { entry: 2, ordinal: 0 }))
        await writer.close()
      },
    },
    {
      name: 'is opened again behind what it wrote; a transactional one tells its position',
      async run(place, near) {
        const first = await opened(place, near)
        await first.write(batch(suiteRows(5)), { entry: 7, ordinal: 0 })
        await first.close()
        const second = await near.within('the sink opens', place.sink().open(near.context))
        const position = await near.within('the writer opens', second.open())
        if (second.guarantee === 'transactional') {
          mustEqual([position?.entry, position?.ordinal, position?.rows ?? 5], [7, 0, 5], 'the position that the peer holds')
        }
        await second.write(batch(suiteRows(5, 5)), { entry: 8, ordinal: 0 })
        mustEqual(
          inOrder(numbersOf(await place.received())),
          suiteRows(10).map(({ n }) => n),
          'rows of both',
        )
        await second.close()
      },
    },
    {
      name: 'a transactional one holds once what it is handed twice, and tells no position to another journal',
      async run(place, near) {
        const writerFor = async (journal: string) => place.sink().open({ ...near.context, journal })
        const first = await near.within('the sink opens', writerFor('journal-1'))
        await near.within('the writer opens', first.open())
        // As when the answer to the first was lost.
        const times = first.guarantee === 'transactional' ? 2 : 1
        for (let i = 0; i < times; i++) await first.write(batch(suiteRows(5)), { entry: 7, ordinal: 0 })
        await first.close()
        const second = await near.within('the sink opens', writerFor('journal-2'))
        const held = await near.within('the writer opens', second.open())
        mustBe(held === undefined, 'no position for another journal, whose entries count from 1', held)
        await second.write(batch(suiteRows(5, 5)), { entry: 1, ordinal: 0 })
        mustEqual(
          inOrder(numbersOf(await place.received())),
          suiteRows(10).map(({ n }) => n),
          'rows of both',
        )
        await second.close()
      },
    },
    {
      name: 'says how it fares; closing twice is harmless; a closed writer refuses; no timer is left',
      async run(place, near) {
        const spec = place.sink()
        const params = JSON.stringify(spec.params)
        mustEqual([JSON.parse(params)], [spec.params], 'parameters are JSON')
        const writer = await opened(place, near)
        await writer.write(batch(suiteRows(2)), { entry: 1, ordinal: 0 })
        const status = writer.status()
        mustBe(status.connected && status.detail.length > 1 && status.pending === 0 && !status.waiting, 'a writer at rest', status)
        await near.within('it closes', writer.close())
        await near.within('it closes again', writer.close())
        const error = await near.within('a write fails', failure(writer.write(batch(suiteRows(1)), { entry: 2, ordinal: 0 })))
        mustBe(error instanceof MillraceError, 'with an error of the catalogue', String(error))
        for (const secret of harness.secrets ?? [])
          mustBe(!`${params} ${JSON.stringify(status)} ${error}`.includes(secret), 'no secret is shown')
        await near.until('no timer is left', () => near.timers() === 0, 5_000)
      },
    },
    {
      name: 'answers `check` for a peer that is there',
      async run(place, near) {
        const found = await near.within('the check ends', place.sink().check(near.context, 10_000))
        mustBe(found.length > 0 && found.every(({ ok, message }) => ok && message.length > 3), 'the check finds the peer', found)
      },
    },
  ]
}

const refusing = (harness: SinkHarness): readonly SinkCase[] => [
  {
    name: 'refuses wrong credentials with an error of the catalogue, and does not try for ever',
    async run(_place, near) {
      const refused = await harness.refused?.()
      if (!refused) return
      try {
        const found = await near.within('the check ends', refused.sink.check(near.context, 10_000))
        mustBe(
          found.some(({ ok, code, severity }) => !ok && severity === 'error' && code !== undefined && code in catalogue),
          'the check calls it an error',
          found,
        )
        const writer = await refused.sink.open(near.context)
        const work = writer.open().then(() => writer.write(suiteBatch(suiteRows(1), harness.computed), { entry: 1, ordinal: 0 }))
        const error = await near.within('writing fails', failure(work))
        mustBe(error instanceof MillraceError && error.action === 'stop', 'it stops with an error of the catalogue', String(error))
        for (const secret of harness.secrets ?? []) mustBe(!`${error} ${JSON.stringify(found)}`.includes(secret), 'no secret is told')
        await writer.close()
      } finally {
        await refused.close()
      }
      await near.until('no timer is left', () => near.timers() === 0, 5_000)
    },
  },
]
