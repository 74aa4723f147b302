import { expectGolden, expectRows, planText, type TestMessage, testJob } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import job from './max-temperature.job.js'

const value = (text: string | boolean): TestMessage => ({ body: { value: text } })
const reading = (device: string, temperature: number | string): TestMessage => JSON.stringify({ 'device-id': device, temperature })

/** What becomes of messages that come within one window of five seconds. */
function window(messages: readonly TestMessage[]) {
  const test = testJob(job, { now: '2024-01-01T00:00:00Z' })
  for (const message of messages) {
    test.advance('100ms')
    test.source('temperature').sendMessages([message])
  }
  test.advance('5s')
  return test
}

describe('max-temperature', () => {
  it('has the plan that it had', () => {
    for (const [format, name] of [
      ['json', 'json'],
      ['ascii', 'txt'],
    ] as const) {
      expectGolden(planText(job, format), new URL(`golden/max-temperature.plan.${name}`, import.meta.url))
    }
  })

  it.each<readonly [string, readonly TestMessage[], readonly (readonly [string | null, number])[]]>([
    ['A: AMQP values of text', ['23', '21', '24', '20'].map(value), [[null, 24]]],
    ['B: bytes of text, as MQTT devices send', ['23', '25', '-4.5'], [[null, 25]]],
    [
      'C: JSON of several devices',
      [reading('device1', 23), reading('device2', 29), reading('device1', 20), reading('device3', 20), reading('device2', 28.5)],
      [
        ['device1', 23],
        ['device2', 29],
        ['device3', 20],
      ],
    ],
    [
      'all at once',
      [value('23'), '27', reading('device1', 21)],
      [
        [null, 27],
        ['device1', 21],
      ],
    ],
  ])('%s', (_, messages, maxima) => {
    const test = window(messages)
    const window_ = { window_start: '2024-01-01T00:00:00Z', window_end: '2024-01-01T00:00:05Z', final: true, revision: 0 }
    const expected = maxima.map(([device, temperature]) => ({ 'device-id': device, temperature, ...window_ }))
    expectRows(test.rows('max'), expected)
    // The page gets the same.
    expectRows(test.rows('highest'), expected, { order: 'any' })
    expect(test.deadLetters).toEqual([])
  })

  it('refuses what is no temperature, and goes on', () => {
    const bad = [value('warm'), 'warm', '', value(true), '{"device-id":"device1"}', reading('device1', '23')]
    const test = window([value('23'), ...bad, reading('device1', 22)])
    expectRows(test.rows('max'), [
      { 'device-id': null, temperature: 23 },
      { 'device-id': 'device1', temperature: 22 },
    ])
    expect(test.deadLetters).toHaveLength(bad.length)
    for (const letter of test.deadLetters) expect(letter).toMatchObject({ source: 'temperature', code: expect.stringMatching(/^MR2\d\d$/) })
  })

  it('goes by arrival: each window tells of its own five seconds, and an empty one tells nothing', () => {
    const test = testJob(job, { now: '2024-01-01T00:00:00Z', restore: 'every-step' })
    const temperature = test.source('temperature')
    temperature.sendMessages(['30'], { at: '2024-01-01T00:00:01Z' })
    temperature.sendMessages(['20'], { at: '2024-01-01T00:00:06Z' })
    temperature.sendMessages(['22'], { at: '2024-01-01T00:00:06.5Z' })
    temperature.sendMessages(['25'], { at: '2024-01-01T00:00:17Z' })
    test.advance('1m')
    expectRows(test.rows('max'), [
      { window_end: '2024-01-01T00:00:05Z', temperature: 30 },
      { window_end: '2024-01-01T00:00:10Z', temperature: 22 },
      { window_end: '2024-01-01T00:00:20Z', temperature: 25 },
    ])
  })
})
