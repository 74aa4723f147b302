import { describe, expect, test } from 'vitest'
import type { JobSummary } from '../../../src/model/api.js'
import { rangeChoices } from '../chart/range-choice.js'
import { barShares } from './bar-shares.js'
import { codePieces, readableSample } from './dead-letter-words.js'
import { byteSize, clockTime, duration, exactly, rate, reading } from './format.js'
import { healthSentence, sentenceText } from './health-sentence.js'
import { nodeState } from './node-state.js'
import { balancedText, wrapText } from './wrap-text.js'

const job: JobSummary = {
  id: 'mote-climate',
  state: 'running',
  now: Date.UTC(2010, 4, 10, 14, 3, 12),
  derived: false,
  guarantee: { level: 'none', label: '', why: [] },
  rate: 1240.2,
  behind: 1200,
  counts: { received: 10, counted: 10, late: 0, duplicate: 0, deadLettered: 0, skipped: 0, waiting: 0, results: 4 },
  attention: [],
}
const sentence = (change: Partial<JobSummary>): string => sentenceText(healthSentence({ ...job, ...change }, 'live', 0))

describe('the sentence of health', () => {
  test('says state, rate, delay and losses', () => {
    expect(sentence({})).toBe('Running 1,240 messages a second, 1.2 s behind. Nothing lost.')
  })
  test('names what was late or refused, and the one thing that needs a person', () => {
    const counts = { ...job.counts, late: 61, deadLettered: 1 }
    expect(sentence({ counts, attention: ['alerts waits for credit since 12 s', 'b'] })).toBe(
      'Running 1,240 messages a second, 1.2 s behind. 61 came too late, 1 was refused and kept. alerts waits for credit since 12 s. And 1 other thing.',
    )
  })
  test('before the first result it does not invent a delay', () => {
    expect(sentence({ behind: null, rate: 0.4 })).toBe('Running 0.4 messages a second, no result yet. Nothing lost.')
  })
  test('results of long ago are dated, and so are those of a job to which nothing comes: it is not behind', () => {
    const day = 86_400_000
    expect(sentence({ behind: 21 * day })).toBe('Running 1,240 messages a second, results up to 2010-04-19 14:03. Nothing lost.')
    expect(sentence({ behind: 3_600_000 })).toBe('Running 1,240 messages a second, results up to 13:03:12. Nothing lost.')
    expect(sentence({ behind: 85_000, rate: 0 })).toBe('Running 0 messages a second, results up to 14:01:47. Nothing lost.')
    expect(sentence({ behind: 85_000, rate: 0.5 })).toContain('85 s behind')
    expect(sentence({ behind: 14_000, rate: 0 })).toContain('14 s behind')
  })
  test('one message is one, a part of one is not', () => {
    expect([1, 0.8, 1.4, 0.1].map(rate => sentence({ rate }).split(' ', 3).slice(1).join(' '))).toEqual([
      '1 message',
      '0.8 messages',
      '1.4 messages',
      '0.1 messages',
    ])
  })
  test('a failure is told with code and hint', () => {
    expect(
      sentence({ state: 'failed', error: { code: 'MR301', message: 'The broker refused the password.', hint: 'Check the user.' } }),
    ).toBe('Failed: The broker refused the password. MR301. Check the user.')
  })
  test('a failure ends its sentence, and shows no backticks', () => {
    const error = { code: 'MR217', message: 'a.csv has no column `v`', hint: 'Rename `w`.' }
    expect(sentence({ state: 'failed', error })).toBe('Failed: a.csv has no column v. MR217. Rename w.')
    expect(sentence({ attention: ['plant was restarted once: no column `v`'] })).toContain('plant was restarted once: no column v.')
  })
  test('while the server is not heard, it says so and dates what it knows', () => {
    expect(sentenceText(healthSentence(job, 'reconnecting', 4300))).toBe(
      'Connection lost 4 s ago; trying again. What you see is from 14:03:12; nothing shown is lost.',
    )
    expect(sentenceText(healthSentence(job, 'silent', 9000))).toBe('Silent for 9 s. What you see is from 14:03:12; nothing shown is lost.')
    expect(sentenceText(healthSentence(job, 'reconnecting', 1200, undefined, true))).toBe(
      'Killed on purpose 1 s ago; the next process recovers from snapshot and journal. What you see is from 14:03:12; nothing shown is lost.',
    )
    expect(sentenceText(healthSentence(job, 'live', 0, undefined, true))).toBe(
      'Killed on purpose; the next process recovers. What you see is from 14:03:12; nothing shown is lost.',
    )
    expect(sentenceText(healthSentence(undefined, 'reconnecting', 0))).toContain('Disconnected.')
    expect(sentenceText(healthSentence(undefined, 'live', 0))).toBe('No job runs here yet.')
  })
})

describe('words for figures', () => {
  test.each([
    [340, '0.3 s'],
    [12, '12 ms'],
    [1200, '1.2 s'],
    [42_000, '42 s'],
    [60_000, '1 min'],
    [180_000, '3 min'],
    [7_500_000, '2 h 5 min'],
    [Number.NaN, '–'],
    [-5, '0 ms'],
  ])('%d ms is %s', (ms, words) => expect(duration(ms)).toBe(words))

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [12_800, '12.5 KiB'],
    [2 ** 30, '1 GiB'],
    [2 ** 42, '4096 GiB'],
  ])('%d bytes are %s', (bytes, words) => expect(byteSize(bytes)).toBe(words))
  test.each([
    [1240, '1,240/s'],
    [3.2, '3.2/s'],
    [0.0667, '4/min'],
    [0, '0/s'],
    [Number.NaN, '0/s'],
  ])('%d a second is %s', (value, words) => expect(rate(value)).toBe(words))
  test('absent values are a dash, never NaN', () => {
    expect([reading(Number.NaN), reading(null), clockTime(Number.POSITIVE_INFINITY)]).toEqual(['–', '–', '–'])
    expect([reading(27.94), reading(1013.2), reading(0.0421), reading(0)]).toEqual(['27.9', '1,013', '0.042', '0.0'])
    expect([reading(1.0036e12), reading(-2.5e9), reading(999_999_999)]).toEqual(['1.004×10¹²', '-2.500×10⁹', '999,999,999'])
    expect([reading(1.42e-9), reading(-4.2e-5), reading(1e-4)]).toEqual(['1.42×10⁻⁹', '-4.20×10⁻⁵', '0.00010'])
  })
  test('a limit is said as it was written', () => {
    expect([exactly(5, '°C'), exactly(1, undefined), exactly(30.05, 'A'), exactly(-0.5, '%')]).toEqual(['5 °C', '1', '30.05 A', '-0.5 %'])
  })
  test('node states never say NaN', () => {
    const node = {
      id: 'a',
      kind: 'operator',
      op: 'where',
      detail: '',
      rowsIn: 0,
      rowsOut: 0,
      watermark: null,
      idle: false,
      busy: 0,
      counters: {},
    } as const
    const at = { now: 100_000, isArrival: false, isOver: false }
    expect(nodeState(node, at)).toBe('no watermark yet')
    expect(nodeState({ ...node, idle: true }, at)).toBe('idle')
    expect(nodeState({ ...node, idle: true, watermark: 58_000 }, at)).toBe('idle 42 s')
    expect(nodeState({ ...node, silentSince: 58_000, watermark: 99_000 }, at)).toBe('idle 42 s')
    expect(nodeState({ ...node, watermark: 99_000 }, at)).toBe('watermark 00:01:39')
    expect(nodeState({ ...node, watermark: 99_000 }, { ...at, now: 100_000 + 86_400_000 })).toBe('watermark 1970-01-01 00:01')
    expect(nodeState({ ...node, watermark: 99_000 }, { ...at, isArrival: true })).toBe('arrival 00:01:39')
    expect(nodeState(node, { ...at, isArrival: true })).toBe('no row yet')
    expect(nodeState(node, { ...at, isOver: true })).toBe('all done')
    expect(nodeState({ ...node, watermark: 99_000 }, { ...at, isOver: true })).toBe('watermark 00:01:39')
    expect(nodeState({ ...node, busy: 0.934 }, at)).toBe('busy 93 % of a core')
    expect(nodeState({ ...node, waiting: { for: 'credit', since: 88_000 } }, at)).toBe('waits 12 s for credit')
  })
  test('text breaks at spaces and ends in an ellipsis', () => {
    expect(wrapText('AMQP queue telemetry · credit 1,000', 21, 2)).toEqual(['AMQP queue telemetry', '· credit 1,000'])
    expect(wrapText('abcdefghij', 4, 2)).toEqual(['abcd', 'efg…'])
    expect(wrapText('attached to readings, credit 813', 31, 2)).toEqual(['attached to readings, credit', '813'])
    expect(balancedText('attached to readings, credit 813', 31, 2)).toEqual(['attached to', 'readings, credit 813'])
    expect(balancedText('tumbling 1m · by mote · early 15s · 4 keys', 31, 2)).toEqual(['tumbling 1m · by mote ·', 'early 15s · 4 keys'])
    expect(balancedText('humidity > 60', 31, 2)).toEqual(['humidity > 60'])
    expect(balancedText('one two three four', 8, 2)).toEqual(['one two', 'three f…'])
    expect(balancedText('', 31, 2)).toEqual([])
    expect(balancedText('no room for it', 31, 0)).toEqual([])
  })
})

describe('dead letters', () => {
  test('names in reasons are code; a lone backtick changes nothing', () => {
    expect(codePieces('`at` is 26 h ahead')).toEqual([
      { text: 'at', isCode: true },
      { text: ' is 26 h ahead', isCode: false },
    ])
    expect(codePieces('odd ` tick')).toEqual([{ text: 'odd ` tick', isCode: false }])
  })
  test('samples begin at their JSON body when only sections stand before it', () => {
    expect(readableSample('·Ss····spoilt·{"mote":3}')).toBe('…{"mote":3}')
    expect(readableSample('{"mote":3}')).toBe('{"mote":3}')
    expect(readableSample('plain text {')).toBe('plain text {')
  })
})

describe('figures made visible', () => {
  test('small parts of the bar are widened, the sum stays whole', () => {
    const shares = barShares([52_301, 61, 44, 12, 0])
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
    expect(shares[3]).toBeGreaterThan(0.03)
    expect(shares[4]).toBe(0)
  })
  test('range buttons fit the definition', () => {
    expect(rangeChoices(40 * 60_000, 60_000).map(choice => choice.label)).toEqual(['15 min', '40 min', '1 h', 'all'])
    expect(rangeChoices(undefined, 5000).map(choice => choice.label)).toEqual(['5 min', '15 min', '1 h', 'all'])
  })
})
