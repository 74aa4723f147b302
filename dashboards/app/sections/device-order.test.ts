import { describe, expect, test } from 'vitest'
import type { Alert } from '../../../src/model/alert.js'
import { ViewStore } from '../store/view-store.js'
import { firingByKey, ranked, rankOf } from './device-order.js'

const view = new ViewStore({
  id: 'climate',
  job: 'plant',
  columns: [
    { name: 'hall', type: 'integer', nullable: false, key: true },
    { name: 'room', type: 'text', nullable: false, key: true },
    { name: 'mean', type: 'number', nullable: true, key: false },
    { name: 'at', type: 'timestamp', nullable: false, key: false },
  ],
  windowed: false,
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
})
const alert = (key: Alert['key'], change: Partial<Alert> = {}): Alert => ({
  id: '1',
  job: 'plant',
  view: 'climate',
  column: 'mean',
  key,
  level: 'critical',
  above: 28,
  unit: '°C',
  state: 'firing',
  since: 0,
  value: 31.25,
  worst: 40,
  sentence: '',
  ...change,
})

describe('what comes first', () => {
  test('alarmed, then quiet, then odd, then the rest; ties keep their order', () => {
    const devices = [
      { key: 'a', rank: 'normal', score: 1 },
      { key: 'b', rank: 'normal', score: 3.9 },
      { key: 'c', rank: 'normal', score: 5 },
      { key: 'd', rank: 'quiet', score: 0 },
      { key: 'e', rank: 'alarmed', score: 0 },
      { key: 'f', rank: 'normal', score: 100 },
      { key: 'g', rank: 'normal', score: 2 },
    ] as const
    expect(ranked(devices)).toEqual(['e', 'd', 'f', 'c', 'a', 'b', 'g'])
  })

  test('small changes of ordinary values move nothing', () => {
    const at = (scores: readonly number[]) => ranked(scores.map((score, i) => ({ key: String(i), rank: 'normal', score })))
    expect(at([1, 2.9, 0.2, 3.1])).toEqual(at([2.2, 0.1, 3.9, 1]))
  })

  test('a device is quiet after two and a half steps of the job', () => {
    view.upsert([[1, 'kiln', 20, 1000]], [1000])
    const series = view.grid.keys.get('[1,"kiln"]')
    expect(rankOf(series, false, 3500, 1000)).toBe('normal')
    expect(rankOf(series, false, 3501, 1000)).toBe('quiet')
    expect(rankOf(series, true, 3501, 1000)).toBe('alarmed')
  })
})

describe('alerts of devices', () => {
  test('are found by their key columns in any order, in few words', () => {
    expect([...firingByKey([alert({ room: 'kiln', hall: 1 })], view)]).toEqual([
      ['[1,"kiln"]', { words: 'mean 31.3, above\u00a028\u00a0°C', level: 'critical' }],
    ])
    const labelled = alert({ room: 'kiln', hall: 1 }, { label: 'too hot', level: 'warning' })
    expect([...firingByKey([labelled], view).values()]).toEqual([{ words: 'too hot: 31.3 °C', level: 'warning' }])
  })

  test('one whose value is within its limit again, before a final row has said so, is not said to be beyond it', () => {
    const [within] = firingByKey([alert({ room: 'kiln', hall: 1 }, { value: 27 })], view).values()
    expect(within?.words).toBe('mean 27.0, was\u00a0above\u00a028\u00a0°C')
  })

  test('count only while they fire, and only for a view of the same key', () => {
    const others = [alert({ room: 'kiln' }), alert({}), alert({ room: 'kiln', hall: 1 }, { state: 'resolved' })]
    expect(firingByKey(others, view).size).toBe(0)
  })
})
