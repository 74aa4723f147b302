import { expect, test } from 'vitest'
import { describeNode } from './describe-node.js'
import { climatePlan } from './plan-fixture.js'

test('each node in one line', () => {
  expect(climatePlan.nodes.map(node => `${node.id}: ${describeNode(node)}`)).toMatchInlineSnapshot(`
    [
      "readings: amqp queue telemetry",
      "eventTime-1: at · out of order up to 10s",
      "where-1: temperature > -40 and humidity between 0 and 100",
      "climate: tumbling 1m · by mote · early 15s",
      "trend: hopping 5m every 1m · by mote",
      "steam: tumbling 1m · by mote · lateness 1m",
      "where-2: humidity > 60",
      "view:climate: keep 7d",
      "view:trend: ",
      "alerts: to alerts",
      "merge-1: ",
      "smooth: opaque",
      "archive: to archive",
    ]
  `)
})

test('unknown operators and missing parameters do no harm', () => {
  const node = { ...climatePlan.nodes[0]!, inputs: [] }
  expect(describeNode({ ...node, op: 'session', params: { gap: '5m', strict: true, deep: { a: 1 } } })).toBe('gap 5m · strict true')
  for (const op of ['read', 'where', 'select', 'eventTime', 'aggregate', 'view', 'mapRows'])
    expect(describeNode({ ...node, op, params: {} })).toBe('')
})
