import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json } from '../codecs/json.js'
import type { SourceSpec } from '../connector/source.js'
import {
  aggregate,
  count,
  eventTime,
  into,
  job,
  mean,
  number,
  type RowOf,
  schema,
  text,
  timestamp,
  tumbling,
  view,
  where,
} from '../index.js'
import { collectSink } from './collect-sink.js'
import { expectRows } from './expect-rows.js'
import { rowsSource } from './rows-source.js'
import { type JobTest, type TestJobOptions, testJob } from './test-job.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp() })
const source: SourceSpec<RowOf<typeof Reading>> = { ...rowsSource(Reading), decoder: json(Reading), id: { from: 'message-id' } }
const climate = job('climate', ({ read }) => {
  const windows = read('readings', source).pipe(
    eventTime(r => r.at, { outOfOrderness: '5s' }),
    aggregate(
      'climate',
      { by: r => ({ room: r.room }), over: tumbling('1m'), early: '10s', allowedLateness: '30s' },
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
const base = Date.UTC(2024, 0, 1)
const body = (room: string, celsius: number, second: number): string =>
  JSON.stringify({ room, celsius, at: new Date(base + second * 1_000).toISOString() })

describe('testJob', () => {
  it('takes rows in and gives results on virtual time', () => {
    const test = testJob(climate)
    expect(test.now).toBe(base)
    test.source('readings', Reading).send([
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
    expect(test.counts).toMatchObject({ received: 3, deadLettered: 0, late: 0 })
  })

  it('shows provisional rows in views, then final ones in their place; sinks get final ones', () => {
    const test = testJob(climate)
    test.source('readings', Reading).send([{ room: 'attic', celsius: 30, at: base + 1_000 }])
    test.advance('15s')
    expectRows(test.rows('climate'), [{ room: 'attic', final: false }])
    expect(test.rows('alerts')).toEqual([])
    test.advance('2m')
    expectRows(test.rows('climate'), [{ room: 'attic', final: true }])
    expectRows(
      test.outputs('alerts').map(({ row }) => row),
      [{ room: 'attic', final: true }],
    )
  })

  it('tells what was taken back: a late row cools the attic down', () => {
    const test = testJob(climate)
    const readings = test.source('readings', Reading)
    readings.send(
      [
        { room: 'attic', celsius: 30, at: base },
        { room: 'hall', celsius: 1, at: base + 66_000 },
      ],
      { at: base + 66_000 },
    )
    expectRows(test.take('alerts'), [{ removed: false }])
    readings.send([{ room: 'attic', celsius: 10, at: base + 1_000 }])
    expectRows(test.take('alerts'), [{ removed: true }])
    expectRows(test.rows('climate'), [{ room: 'attic', mean: 20, revision: 1 }])
    expect(test.take('alerts')).toEqual([])
  })

  it('names late rows with the window that they missed', () => {
    const test = testJob(climate)
    const readings = test.source('readings', Reading)
    readings.send([{ room: 'hall', celsius: 1, at: base + 200_000 }], { at: base + 200_000 })
    readings.send([{ room: 'attic', celsius: 10, at: base }])
    expect(test.late).toMatchObject([
      { job: 'climate', node: 'climate', window: { start: base, end: base + 60_000 }, row: { room: 'attic' } },
    ])
    expect(test.counts.late).toBe(1)
  })

  it('takes messages through the decoder, and drops duplicates, also after a restart', () => {
    const test = testJob(climate)
    const readings = test.source('readings')
    const twice = { messageId: 'm-1', body: { data: body('hall', 20, 1) } }
    readings.sendMessages([twice, '{"room":', body('hall', 22, 2)])
    test.restart()
    readings.sendMessages([twice])
    test.finish()
    expectRows(test.rows('climate'), [{ room: 'hall', n: 2, mean: 21 }])
    expect(test.deadLetters).toMatchObject([{ source: 'readings', code: 'MR201', sample: '{"room":' }])
    expect(test.counts).toMatchObject({ received: 4, duplicate: 1, deadLettered: 1 })
  })

  it('keeps watermarks by partition', () => {
    const test = testJob(climate, { now: base + 120_000 })
    const readings = test.source('readings', Reading)
    readings.send([{ room: 'hall', celsius: 1, at: base + 10_000 }], { partition: 1 })
    readings.send([{ room: 'hall', celsius: 1, at: base + 100_000 }])
    expect(test.outputs('climate').filter(({ row }) => row['final'])).toEqual([])
    readings.send([{ room: 'hall', celsius: 1, at: base + 100_000 }], { partition: 1 })
    expectRows(test.rows('climate'), [{ n: 1, final: true }])
  })

  it('gives the same however rows are cut into batches and whenever a new process takes over', () => {
    const rows = fc.array(
      fc.record({
        room: fc.constantFrom('hall', 'attic', 'cellar'),
        celsius: fc.integer({ min: -20, max: 40 }),
        second: fc.integer({ min: 0, max: 400 }),
        wait: fc.integer({ min: 0, max: 30 }),
      }),
      { maxLength: 30 },
    )
    const play = (steps: readonly { room: string; celsius: number; second: number; wait: number }[], options: TestJobOptions): JobTest => {
      const test = testJob(climate, { now: base + 400_000, ...options })
      for (let i = 0; i < steps.length; i += 5) {
        const together = steps.slice(i, i + 5)
        test.advance(`${together[0]!.wait}s`)
        test.source('readings', Reading).send(together.map(({ room, celsius, second }) => ({ room, celsius, at: base + second * 1_000 })))
        test.source('readings').sendMessages([body(together[0]!.room, 0, together[0]!.second)])
      }
      test.advance('10m')
      return test
    }
    const told = (test: JobTest): unknown => [test.outputs('climate'), test.outputs('alerts'), test.rows('climate'), test.late, test.counts]
    fc.assert(
      fc.property(rows, fc.nat(), (steps, seed) => {
        const whole = told(play(steps, {}))
        for (const options of [{ batches: 'single rows' }, { batches: 'random cuts', seed }, { restore: 'every-step' }] as const) {
          expect(told(play(steps, options))).toEqual(whole)
        }
      }),
      { numRuns: 30 },
    )
  })
})
