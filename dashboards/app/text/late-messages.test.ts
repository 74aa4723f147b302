import { describe, expect, test } from 'vitest'
import type { LateRow } from '../../../src/model/late-row.js'
import { lateMessages, newestLate } from './late-messages.js'

const late = (node: string, mote: number, span = 60_000): LateRow => ({
  job: 'climate',
  node,
  at: 500_000,
  eventTime: 130_000,
  window: { start: 180_000 - span, end: 180_000 },
  missedBy: 73_000,
  row: { mote },
})

describe('late messages', () => {
  test('one message is one, whichever operators missed it', () => {
    const messages = lateMessages([late('humidity', 1), late('humidity', 2), late('climate', 1), late('climate', 2)])
    expect(messages.map(({ row }) => row)).toEqual([{ mote: 1 }, { mote: 2 }])
    expect(messages[0]!.missed).toEqual([{ start: 120_000, end: 180_000, missedBy: 73_000, nodes: ['humidity', 'climate'] }])
  })

  test('windows of other lengths are told apart', () => {
    const [message] = lateMessages([late('climate', 1), late('trend', 1, 180_000)])
    expect(message!.missed.map(({ start, nodes }) => [start, nodes])).toEqual([
      [120_000, ['climate']],
      [0, ['trend']],
    ])
  })

  test('two messages that look the same stay two', () => {
    const messages = lateMessages([late('humidity', 1), late('humidity', 1), late('climate', 1), late('climate', 1)])
    expect(messages.map(({ missed }) => missed[0]!.nodes)).toEqual([
      ['humidity', 'climate'],
      ['humidity', 'climate'],
    ])
  })

  test('what was known stays, once, and the newest are first', () => {
    const at = (ms: number, mote: number) => ({ ...lateMessages([late('climate', mote)])[0]!, at: ms })
    const twins = [at(3, 1), at(3, 1)]
    expect(newestLate([at(2, 1), at(1, 1)], [], 8)).toEqual([at(2, 1), at(1, 1)])
    expect(newestLate([at(2, 1), at(1, 1)], [...twins, at(2, 1)], 8)).toEqual([...twins, at(2, 1), at(1, 1)])
    expect(newestLate([at(2, 1), at(1, 1)], [at(5, 2)], 2)).toEqual([at(5, 2), at(2, 1)])
  })
})
