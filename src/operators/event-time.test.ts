import { describe, expect, it } from 'vitest'
import { count } from '../aggregates/count.js'
import { max } from '../aggregates/max.js'
import { integer, schema, text, timestamp } from '../model/fields.js'
import type { TestEntry } from '../testing/run-entries.js'
import { verifyOperator } from '../testing/verify-operator.js'
import { tumbling } from '../windows/tumbling.js'
import { aggregate } from './aggregate.js'
import { eventTime } from './event-time.js'
import { where } from './where.js'

const Reading = schema({ room: text(), v: integer(), at: timestamp('epoch-ms') })
const row = (room: string, at: number, v = 1) => ({ room, at, v })

describe('eventTime', () => {
  it('closes a window when the watermark passes its end, not before', () => {
    const entries: TestEntry[] = [
      { wall: 100_000, rows: [row('a', 1_000, 3), row('a', 4_000, 5)] },
      { wall: 100_001, rows: [row('a', 6_999, 9)] },
      { wall: 100_002, rows: [row('a', 7_000, 1)] },
    ]
    const results = verifyOperator({
      schema: Reading,
      entries,
      pipeline: s =>
        s.pipe(
          eventTime(r => r.at, { outOfOrderness: '2s' }),
          aggregate('w', { by: r => ({ room: r.room }), over: tumbling('5s') }, { max: max(r => r.v), n: count() }),
        ),
    })
    expect(results).toEqual([{ result: 'out', room: 'a', max: 5, n: 2, window_start: 0, window_end: 5_000, final: true, revision: 0 }])
  })

  it('closes windows of a quiet source by the clock, and only by the clock of its partition', () => {
    const entries: TestEntry[] = [
      { wall: 50_000, stream: 0, rows: [row('a', 1_000)] },
      { wall: 90_000, stream: 5_998 },
      { wall: 90_002, stream: 6_000 },
    ]
    const results = verifyOperator({
      schema: Reading,
      entries,
      pipeline: s =>
        s.pipe(
          eventTime(r => r.at, { outOfOrderness: '2s' }),
          aggregate('w', { over: tumbling('5s') }, { n: count() }),
        ),
    })
    // 1000 − 2000 − 1 + 6000 = 4999 = end − 1.
    expect(results).toEqual([{ result: 'out', n: 1, window_start: 0, window_end: 5_000, final: true, revision: 0 }])
  })

  it('does not believe a time far in the future, and keeps the rows beside it', () => {
    const entries: TestEntry[] = [
      { wall: 10_000, rows: [row('a', 9_000), row('a', 10_000 + 300_001), row('a', 9_500)] },
      { wall: 20_000, end: true },
    ]
    const results = verifyOperator({
      schema: Reading,
      entries,
      pipeline: s =>
        s.pipe(
          eventTime(r => r.at, { outOfOrderness: '1s' }),
          aggregate('w', { over: tumbling('5s') }, { n: count() }),
        ),
    })
    expect(results).toContainEqual({ rejected: 'eventTime-1', code: 'MR157', message: 1 })
    expect(results).toContainEqual({ result: 'out', n: 2, window_start: 5_000, window_end: 10_000, final: true, revision: 0 })
  })

  it('lets the clock speak before the row that ends a silence, wherever the entry is cut', () => {
    const results = verifyOperator({
      schema: Reading,
      entries: [
        { wall: 100_000, rows: [row('a', 0)] },
        { wall: 100_000, origin: 1 },
        { wall: 101_000 },
        { wall: 101_000, origin: 1, rows: [row('a', 0, 0), row('a', 0)] },
        { wall: 101_000, end: true },
        { wall: 101_000, origin: 1, end: true },
      ],
      pipeline: s =>
        s.pipe(
          where(r => r.v.ne(0)),
          eventTime(r => r.at, { outOfOrderness: '0ms' }),
          aggregate('w', { over: tumbling('1s') }, { n: count() }),
        ),
    })
    expect(results).toEqual([{ result: 'out', n: 1, window_start: 0, window_end: 1_000, final: true, revision: 0 }])
  })
})
