import { expect, test } from 'vitest'
import type { Plan } from './plan.js'
import { climatePlan } from './plan-fixture.js'
import { planHash } from './plan-hash.js'
import { printJson } from './print-json.js'
import { printMermaid } from './print-mermaid.js'

/** The same data with all keys of the shapes that Millrace owns in reverse order. */
function reversed(value: unknown, own = true): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => reversed(item))
  const entries = Object.entries(value).map(([key, item]) => [key, reversed(item, !['by', 'columns'].includes(key))] as const)
  return Object.fromEntries(own ? entries.reverse() : entries)
}

test('JSON', async () => {
  await expect(printJson(climatePlan)).toMatchFileSnapshot('golden/climate.json')
  expect(JSON.parse(printJson(climatePlan))).toEqual(climatePlan)
})

test('Mermaid', async () => {
  await expect(printMermaid(climatePlan)).toMatchFileSnapshot('golden/climate.mmd')
})

test('the hash depends on content, not on the order of keys', () => {
  expect(planHash(reversed(climatePlan) as Plan)).toBe(planHash(climatePlan))
  expect(planHash({ ...climatePlan, job: 'other' })).not.toBe(planHash(climatePlan))
  expect(planHash(climatePlan)).toMatch(/^[0-9a-f]{16}$/)
})

test('names of nodes and texts cannot break out of a Mermaid label', () => {
  const nodes = [{ ...climatePlan.nodes[0]!, id: 'a"]; click n0 "javascript:alert(1)" <b>' }]
  expect(printMermaid({ ...climatePlan, nodes })).toBe(
    'flowchart TD\n  n0(["a#34;#93;; click n0 #34;javascript:alert(1)#34; #60;b#62;<br/>read<br/>amqp queue telemetry"])\n',
  )
})
