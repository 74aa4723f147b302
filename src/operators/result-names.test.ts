import { expect, it } from 'vitest'
import { Batch } from '../model/batch.js'
import type { Column } from '../model/columns.js'
import { resultNames } from './result-names.js'

const numbers = (...values: number[]): Column => ({ type: 'number', values: Float64Array.from(values), nulls: undefined })
const trace = { operator: 'w', by: ['k', 'n'], size: 5, every: 5, early: false, allowedLateness: 0 }
const clock = { wall: 0, stream: 0, partition: 0, frozen: false }

it('names rows of windows by job, operator, key, window and revision; null, NaN and texts like them are different keys', () => {
  const n: Column = { type: 'number', values: Float64Array.of(0, NaN, Infinity, -0, 1e21, 0.1), nulls: Uint8Array.of(1, 0, 0, 0, 0, 0) }
  const k: Column = { type: 'text', form: 'plain', values: [null, 'null', 'a","b', 'ä', '', 'x'] }
  const times = new Float64Array(6)
  const columns = {
    k,
    n,
    window_start: numbers(-5, 0, 0, 0, 0, 0),
    window_end: numbers(0, 5, 5, 5, 5, 5),
    revision: numbers(0, 0, 0, 2, 0, 0),
  }
  const { ids, keys } = resultNames('j', 'v', new Batch({ length: 6, columns, times, origin: 0, watermark: 0, clock }), trace, 1, 0)
  expect(keys).toEqual([
    'j/w/[null,null]/-5/0',
    'j/w/["null","NaN"]/0/5',
    'j/w/["a\\",\\"b","Infinity"]/0/5',
    'j/w/["ä",0]/0/5',
    'j/w/["",1e+21]/0/5',
    'j/w/["x",0.1]/0/5',
  ])
  expect(ids[3]).toBe('j/w/["ä",0]/0/5/2')
  const removed = Uint8Array.of(0, 0, 0, 1, 0, 0)
  const gone = resultNames('j', 'v', new Batch({ length: 6, columns, times, origin: 0, watermark: 0, clock, removed }), trace, 1, 0)
  expect([gone.keys[3], gone.ids[3]]).toEqual([keys[3], `${ids[3]}/removed`])
  expect(resultNames('j', 'v', new Batch({ length: 2, columns, times, origin: 0, watermark: 0, clock }), undefined, 7, 3).ids).toEqual([
    'j/v/7/3',
    'j/v/7/4',
  ])
})
