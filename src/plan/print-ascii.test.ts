import { expect, test } from 'vitest'
import type { Plan, PlanNode } from './plan.js'
import { climatePlan } from './plan-fixture.js'
import { printAscii } from './print-ascii.js'

const chain = (...edges: readonly (readonly [string, readonly string[]])[]): Plan => ({
  format: 1,
  job: 'shape',
  nodes: edges.map(
    ([id, inputs]): PlanNode => ({ id, kind: 'operator', op: id, inputs, params: {}, columns: [], stateful: false, version: 1 }),
  ),
})

test('a whole job', async () => {
  await expect(printAscii(climatePlan)).toMatchFileSnapshot('golden/climate.txt')
})

test('fan-out and merge', () => {
  expect(printAscii(chain(['a', []], ['b', ['a']], ['c', ['a']], ['d', ['b', 'c']]))).toMatchInlineSnapshot(`
    "    ┌───┐
        │ a │
        └─┬─┘
      ┌───┴───┐
      ▼       ▼
    ┌─┴─┐   ┌─┴─┐
    │ b │   │ c │
    └─┬─┘   └─┬─┘
      └───┐   │
          ├───┘
          ▼
        ┌─┴─┐
        │ d │
        └───┘
    "
  `)
})

test('an edge over several layers keeps its own line', () => {
  expect(printAscii(chain(['a', []], ['b', ['a']], ['c', ['b']], ['d', ['c', 'a']]))).toMatchInlineSnapshot(`
    "   ┌───┐
       │ a │
       └─┬─┘
      ┌──┴──┐
      ▼     │
    ┌─┴─┐   │
    │ b │   │
    └─┬─┘   │
      ▼     │
    ┌─┴─┐   │
    │ c │   │
    └─┬─┘   │
      └──┐  │
         ├──┘
         ▼
       ┌─┴─┐
       │ d │
       └───┘
    "
  `)
})

test('independent parts stand side by side', () => {
  expect(printAscii(chain(['a', []], ['b', []], ['c', ['a']], ['d', ['b']]))).toMatchInlineSnapshot(`
    "┌───┐   ┌───┐
    │ a │   │ b │
    └─┬─┘   └─┬─┘
      ▼       ▼
    ┌─┴─┐   ┌─┴─┐
    │ c │   │ d │
    └───┘   └───┘
    "
  `)
})

test('a plan without nodes says so', () => {
  expect(printAscii(chain())).toBe('shape: no nodes\n')
})
