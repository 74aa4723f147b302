import { expect, test } from 'vitest'
import type { OutputBatch } from '../connector/sink.js'
import type { Column } from '../model/columns.js'
import { valueAt } from '../model/columns.js'
import { joinOutputs } from './join-outputs.js'

const integers = (values: readonly (number | null)[]): Column => ({
  type: 'number',
  values: Float64Array.from(values, value => value ?? 0),
  nulls: values.includes(null) ? Uint8Array.from(values, value => Number(value === null)) : undefined,
})

function batch(sink: string, rows: readonly (readonly [number | null, string | null, boolean])[], removed = false): OutputBatch {
  return {
    sink,
    length: rows.length,
    schema: [],
    columns: {
      n: integers(rows.map(([n]) => n)),
      note: { type: 'text', form: 'plain', values: rows.map(([, note]) => note) },
      on: { type: 'boolean', values: Uint8Array.from(rows, ([, , on]) => Number(on)), nulls: undefined },
      all: { type: 'list', values: rows.map(([n]) => [n]) },
    },
    computed: { address: { type: 'text', form: 'plain', values: rows.map(([n]) => `to-${n}`) } },
    ids: rows.map(([n]) => `${sink}/${n}`),
    keys: rows.map(([n]) => `${sink}/${n}`),
    removed: removed ? new Uint8Array(rows.length).fill(1) : undefined,
    wall: 5,
    watermark: rows.length,
  }
}

test('the rows of a sink that have no window leave an entry together, all others as they are and in their order', () => {
  const [first, window, second, lone, third] = [
    batch('rows', [
      [1, 'a', true],
      [2, null, false],
    ]),
    batch('windows', [[9, 'w', true]]),
    batch('rows', [[null, 'c', true]], true),
    batch('other', [[7, 'o', false]]),
    batch('rows', [
      [4, 'd', false],
      [5, 'e', true],
      [6, null, true],
    ]),
  ]
  const outputs = [first!, window!, second!, lone!, window!, third!]
  const [joined, ...rest] = joinOutputs(outputs, sink => sink !== 'windows')
  expect(rest).toEqual([window, lone, window])
  expect(joined).toMatchObject({ sink: 'rows', length: 6, wall: 5, watermark: 3 })
  const column = (name: string) => Array.from({ length: 6 }, (_, i) => valueAt(joined!.columns[name]!, i))
  expect(column('n')).toEqual([1, 2, null, 4, 5, 6])
  expect(column('note')).toEqual(['a', null, 'c', 'd', 'e', null])
  expect(column('on')).toEqual([true, false, true, false, true, true])
  expect(column('all')).toEqual([[1], [2], [null], [4], [5], [6]])
  expect(Array.from({ length: 6 }, (_, i) => valueAt(joined!.computed['address']!, i))).toEqual([
    'to-1',
    'to-2',
    'to-null',
    'to-4',
    'to-5',
    'to-6',
  ])
  expect(joined!.ids).toEqual(['rows/1', 'rows/2', 'rows/null', 'rows/4', 'rows/5', 'rows/6'])
  expect([...joined!.removed!]).toEqual([0, 0, 1, 0, 0, 0])
})

test('what is one batch a sink stays as it is', () => {
  const outputs = [batch('a', [[1, 'a', true]]), batch('b', [[1, 'a', true]])]
  expect(joinOutputs(outputs, () => true)).toBe(outputs)
})
