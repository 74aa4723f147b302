import { expect, test } from 'vitest'
import type { GraphNode } from '../../../src/model/api.js'
import { arrivalNodes } from './arrival-nodes.js'

const node = (id: string, op = id): GraphNode => ({
  id,
  kind: 'operator',
  op,
  detail: '',
  rowsIn: 0,
  rowsOut: 0,
  watermark: null,
  idle: false,
  busy: 0,
  counters: {},
})
const edges = (...pairs: readonly (readonly [string, string])[]) => pairs.map(([from, to]) => ({ from, to, rate: 0 }))

test('rows have an event time from eventTime on, wherever streams part and meet', () => {
  const nodes = ['read', 'other', 'eventTime-1', 'where', 'merge', 'raw', 'view'].map(id => node(id, id.replace(/-\d+$/, '')))
  const all = edges(
    ['read', 'eventTime-1'],
    ['read', 'raw'],
    ['eventTime-1', 'where'],
    ['where', 'merge'],
    ['other', 'merge'],
    ['merge', 'view'],
  )
  expect([...arrivalNodes({ nodes, edges: all })]).toEqual(['read', 'other', 'raw'])
})

test('without eventTime all stand at their arrival', () => {
  expect([...arrivalNodes({ nodes: [node('read'), node('view')], edges: edges(['read', 'view']) })]).toEqual(['read', 'view'])
})
