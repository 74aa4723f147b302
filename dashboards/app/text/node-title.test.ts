import { expect, it } from 'vitest'
import { nodeTitle } from './node-title.js'

it.each([
  [{ id: 'view:climate', kind: 'view', op: 'view' }, 'view climate'],
  [{ id: 'sink:alerts', kind: 'sink', op: 'amqp' }, 'alerts'],
  [{ id: 'where-1', kind: 'operator', op: 'where' }, 'where'],
  [{ id: 'where-ever', kind: 'operator', op: 'where' }, 'where-ever'],
  [{ id: 'climate', kind: 'operator', op: 'aggregate' }, 'climate'],
] as const)('%o is %s', (node, title) => expect(nodeTitle(node)).toBe(title))
