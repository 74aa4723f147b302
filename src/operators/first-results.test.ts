import { expect, it } from 'vitest'
import { count } from '../aggregates/count.js'
import { sum } from '../aggregates/sum.js'
import { job } from '../job/job.js'
import { integer, schema, timestamp } from '../model/fields.js'
import { collectSink } from '../testing/collect-sink.js'
import { rowsSource } from '../testing/rows-source.js'
import { pushEntry, type TestEntry } from '../testing/run-entries.js'
import { tumbling } from '../windows/tumbling.js'
import { aggregate } from './aggregate.js'
import { eventTime } from './event-time.js'
import { into } from './into.js'
import { mapRows } from './map-rows.js'
import { where } from './where.js'

const S = schema({ n: integer(), at: timestamp('epoch-ms') })

it('counts revisions that a further step ignores; neither provisional rows nor rows that fail a condition', () => {
  const graph = job('j', ({ read }) => {
    const w = read('s', rowsSource(S)).pipe(
      eventTime(r => r.at, { outOfOrderness: '0s', closeWhenQuiet: false }),
      aggregate('w', { over: tumbling('5s'), early: '1s', allowedLateness: '20s' }, { n: sum(r => r.n) }),
      where(r => r.n.lt(100)),
    )
    const again = w.pipe(aggregate('again', { over: tumbling('10s') }, { windows: count(), n: sum(r => r.n) }))
    const mapped = w.pipe(mapRows('mapped', schema({ n: integer() }), r => ({ n: r.n ?? 0 })))
    return [again.pipe(into(collectSink('again'))), mapped.pipe(into(collectSink('mapped')))]
  }).start({ bounded: false })
  const row = (n: number, at: number) => ({ n, at })
  const entries: TestEntry[] = [
    { wall: 1_000, rows: [row(1, 1_000)] },
    // A provisional result of the first window is due.
    { wall: 3_000, rows: [row(2, 2_000)] },
    // The second window does not hold; the first gets two revisions, the last of which does not hold.
    { wall: 9_000, rows: [row(500, 6_000), row(7, 11_000), row(4, 4_000), row(400, 4_000)] },
    { wall: 60_000, rows: [row(1, 30_000)] },
  ]
  const out = entries.flatMap((entry, i) => pushEntry(graph, new Map([['s', S]]), entry, i, []))
  expect(out.filter(({ result }) => result === 'mapped').map(({ n }) => n)).toEqual([3, 7])
  expect(out.filter(({ result }) => result === 'again').map(({ windows, n }) => [windows, n])).toEqual([
    [1, 3],
    [1, 7],
  ])
  for (const id of ['again', 'mapped']) expect(graph.metrics().get(id)?.counters['revisions_ignored']).toBe(2)
})
