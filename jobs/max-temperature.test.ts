import { describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../src/amqp/encode-message.js'
import { DrivenJob, type Row } from '../test/jobs/driven-job.js'
import { expectGoldenPlan } from '../test/jobs/golden-plan.js'
import job from './max-temperature.job.js'

const start = Date.UTC(2024, 0, 1)
const value = (text: string | number | boolean): OutgoingMessage => ({ body: { value: text } })
const data = (text: string): OutgoingMessage => ({ body: { data: text } })

/** The messages of one five-second window, and what is told of it. */
function window(messages: readonly OutgoingMessage[]): { readonly rows: readonly Row[]; readonly job: DrivenJob } {
  const driven = new DrivenJob(job, start)
  const rows = [...messages.flatMap((message, i) => [...driven.pass(start + 100 * (i + 1)), ...driven.send('temperature', [message])])]
  rows.push(...driven.pass(start + 5_001))
  return { rows, job: driven }
}

const maxima = (rows: readonly Row[]): unknown =>
  Object.fromEntries(rows.filter(row => row['result'] === 'max').map(row => [String(row['device-id']), row['temperature']]))

describe('max-temperature', () => {
  it('has the plan that it had', () => expectGoldenPlan('max-temperature', job))

  it.each([
    ['A: AMQP values of text', ['23', '21', '24', '20'].map(value), { null: 24 }],
    ['B: bytes of text, as MQTT devices send', ['23', '25', '-4.5'].map(data), { null: 25 }],
    [
      'C: JSON of several devices',
      [
        ['device1', 23],
        ['device2', 29],
        ['device1', 20],
        ['device3', 20],
        ['device2', 28.5],
      ].map(([id, temperature]) => data(JSON.stringify({ 'device-id': id, temperature }))),
      { device1: 23, device2: 29, device3: 20 },
    ],
    ['all at once', [value('23'), data('27'), data('{"device-id":"device1","temperature":21}')], { null: 27, device1: 21 }],
  ])('%s', (_, messages, expected) => {
    const { rows, job } = window(messages)
    expect(maxima(rows)).toEqual(expected)
    expect(job.refused).toEqual([])
    // The address and the page get the same.
    const plain = (result: string) => rows.filter(row => row['result'] === result).map(({ result, address, ...row }) => row)
    expect(plain('highest')).toEqual(plain('max'))
    for (const row of plain('max')) expect(row).toMatchObject({ window_start: start, window_end: start + 5_000, final: true, revision: 0 })
  })

  it('refuses what is no temperature, and goes on', () => {
    const bad = [
      value('warm'),
      data('warm'),
      data(''),
      value(true),
      data('{"device-id":"device1"}'),
      data('{"device-id":"device1","temperature":"23"}'),
    ]
    const { rows, job } = window([value('23'), ...bad, data('{"device-id":"device1","temperature":22}')])
    expect(maxima(rows)).toEqual({ null: 23, device1: 22 })
    expect(job.refused.map(({ source }) => source)).toEqual(bad.map(() => 'temperature'))
    for (const { code, reason } of job.refused) {
      expect(code).toMatch(/^MR2\d\d$/)
      expect(reason.length).toBeGreaterThan(5)
    }
  })

  it('goes by arrival: each window tells of its own five seconds, and an empty one tells nothing', () => {
    const driven = new DrivenJob(job, start)
    const ends: unknown[] = []
    const take = (rows: readonly Row[]): void => {
      for (const row of rows) if (row['result'] === 'max') ends.push([Number(row['window_end']) - start, row['temperature']])
    }
    for (const [at, text] of [
      [1_000, '30'],
      [6_000, '20'],
      [6_500, '22'],
      [17_000, '25'],
    ] as const) {
      take(driven.pass(start + at))
      take(driven.send('temperature', [value(text)]))
    }
    take(driven.pass(start + 30_000))
    expect(ends).toEqual([
      [5_000, 30],
      [10_000, 22],
      [20_000, 25],
    ])
  })
})
