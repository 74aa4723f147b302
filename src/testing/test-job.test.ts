import { describe, expect, it } from 'vitest'
import { json } from '../codecs/json.js'
import type { SourceSpec } from '../connector/source.js'
import { aggregate, count, eventTime, into, job, mean, number, schema, text, timestamp, tumbling, view, where } from '../index.js'
import { collectSink } from './collect-sink.js'
import { expectRows } from './expect-rows.js'
import { rowsSource } from './rows-source.js'
import { testJob } from './test-job.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp() })
const source: SourceSpec<typeof Reading extends { readonly row?: infer R } ? NonNullable<R> : never> = {
  ...rowsSource(Reading),
  decoder: json(Reading),
  id: { from: 'message-id' },
}
const climate = job('climate', ({ read }) => {
  const windows = read('readings', source).pipe(
    eventTime(r => r.at, { outOfOrderness: '5s' }),
    aggregate(
      'climate',
      { by: r => ({ room: r.room }), over: tumbling('1m'), allowedLateness: '30s' },
      { mean: mean(r => r.celsius), n: count() },
    ),
  )
  return [
    windows.pipe(into(view('climate'))),
    windows.pipe(
      where(w => w.mean.gt(25)),
      into(collectSink('alerts', 'sink')),
    ),
  ]
})

describe('testJob', () => {
  it('takes rows in and gives results on virtual time', () => {
    const test = testJob(climate)
    const readings = test.source('readings', Reading)
    readings.send([
      { room: 'hall', celsius: 20, at: '2024-01-01T00:00:10Z' },
      { room: 'hall', celsius: 22, at: new Date('2024-01-01T00:00:20Z') },
      { room: 'attic', celsius: 30, at: test.now + 15_000 },
    ])
    expect(test.rows('climate')).toEqual([])
    test.advance('2m')
    expectRows(test.rows('climate'), [
      { room: 'attic', mean: 30, n: 1 },
      { room: 'hall', mean: 21, n: 2, window_end: '2024-01-01T00:01:00Z', final: true, revision: 0 },
    ])
    expectRows(test.rows('alerts'), [{ room: 'attic', mean: 30 }])
  })
})
