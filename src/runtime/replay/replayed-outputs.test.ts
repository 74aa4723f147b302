import { expect, test } from 'vitest'
import type { OutputBatch } from '../../connector/sink.js'
import { ReplayedOutputs } from './replayed-outputs.js'

const rows = (sink: string, length: number): OutputBatch => {
  const ids = Array.from({ length }, (_, i) => `${i}`)
  return { sink, length, schema: [], columns: {}, computed: {}, ids, keys: ids, removed: undefined, wall: 0, watermark: 0 }
}

function replayed() {
  const held: string[] = []
  const outputs = new ReplayedOutputs(({ sink, length }) => void held.push(`${sink} ${length}`))
  const rest = () => outputs.rest().map(({ entry, ordinal, outputs: { sink, length } }) => [entry, ordinal, sink, length])
  return { outputs, held, rest }
}

test('what a note says its sink holds is left out, sink by sink, and is seen', () => {
  const { outputs, held, rest } = replayed()
  outputs.restore([{ entry: 1, ordinal: 0, outputs: rows('a', 1) }])
  outputs.add(2, [rows('a', 2), rows('b', 3), rows('a', 4)])
  outputs.add(3, [rows('b', 5)])
  outputs.acknowledged('a', { entry: 2, ordinal: 0 })
  outputs.acknowledged('c', { entry: 9, ordinal: 0 })
  expect(held).toEqual(['a 1', 'a 2'])
  expect(rest()).toEqual([
    [2, 2, 'a', 4],
    [2, 0, 'b', 3],
    [3, 0, 'b', 5],
  ])
  // A note of an earlier place changes nothing.
  outputs.acknowledged('b', { entry: 1, ordinal: 7 })
  expect(rest()).toHaveLength(3)
})

test('of an output that its sink holds in part, as an earlier release had cut it, the rest is left, at its place', () => {
  const { outputs, held, rest } = replayed()
  outputs.add(2, [rows('a', 1_500), rows('a', 10)])
  outputs.acknowledged('a', { entry: 2, ordinal: 64, rows: 36 })
  expect(held.splice(0)).toEqual(['a 100'])
  expect(rest()).toEqual([
    [2, 100, 'a', 924],
    [2, 1_024, 'a', 476],
    [2, 1_500, 'a', 10],
  ])
  expect(outputs.rest()[0]!.outputs.ids[0]).toBe('100')
  // A note of that release tells no number of rows: the one at its place is held, and no more is known.
  outputs.acknowledged('a', { entry: 2, ordinal: 1_030 })
  expect(held.splice(0)).toEqual(['a 924', 'a 7'])
  expect(rest()[0]).toEqual([2, 1_031, 'a', 469])
  outputs.acknowledged('a', { entry: 2, ordinal: 1_031, rows: 479 })
  expect(held).toEqual(['a 469', 'a 10'])
  expect(rest()).toEqual([])
})

test('rows of sinks that are gone are forgotten', () => {
  const { outputs, rest } = replayed()
  outputs.add(2, [rows('a', 2), rows('b', 3)])
  outputs.keep(['b', 'c'])
  expect(rest()).toEqual([[2, 0, 'b', 3]])
})
