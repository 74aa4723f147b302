import { expect, test } from 'vitest'
import { Batch } from '../../model/batch.js'
import { EdgeSample } from './edge-sample.js'

const batch = (values: readonly number[], removed?: readonly number[]): Batch =>
  new Batch({
    length: values.length,
    columns: { peak: { type: 'number', values: Float64Array.from(values), nulls: undefined } },
    times: Float64Array.from(values, value => value * 1000),
    origin: 0,
    watermark: 0,
    clock: { wall: 9 } as Batch['clock'],
    removed: removed && Uint8Array.from(removed),
  })

test('a row that takes an earlier one back is told as that', () => {
  const sample = new EdgeSample('where', 'view:hot')
  sample.take(batch([1, 2]))
  expect(sample.look()).toEqual({
    from: 'where',
    to: 'view:hot',
    at: 9,
    passed: 2,
    watermark: 0,
    rows: [
      { eventTime: 1000, row: { peak: 1 } },
      { eventTime: 2000, row: { peak: 2 } },
    ],
  })
  sample.take(batch([1, 2, 3, 4, 5, 6], [1, 0, 1, 0, 0, 1]))
  const seen = sample.look()
  expect([seen?.passed, seen?.withdrawn, seen?.rows.map(({ withdrawn }) => withdrawn ?? false)]).toEqual([
    6,
    3,
    [false, true, false, false, true],
  ])
  sample.take(batch([1]))
  expect(sample.look()?.withdrawn).toBeUndefined()
})
