import type { ExprNode } from '../expr/node.js'
import { nodeOf } from '../expr/node-of.js'
import { symbolicRow } from '../expr/symbolic-row.js'
import type { NumberExpr, TimeExpr } from '../expr/types.js'
import type { Json } from '../model/json.js'
import type { Plan, PlanNode } from './plan.js'

const r = symbolicRow([
  { name: 'mote', type: 'integer', nullable: false },
  { name: 'temperature', type: 'number', nullable: false, unit: '°C' },
  { name: 'humidity', type: 'number', nullable: false, unit: '%' },
  { name: 'at', type: 'timestamp', nullable: false },
]) as unknown as { mote: NumberExpr; temperature: NumberExpr; humidity: NumberExpr; at: TimeExpr }

const json = (node: ExprNode): Json => node as unknown as Json

function node(id: string, op: string, inputs: readonly string[], params: PlanNode['params'] = {}, more: Partial<PlanNode> = {}): PlanNode {
  return { id, kind: 'operator', op, inputs, params, columns: [], stateful: false, version: 1, ...more }
}

const by = { mote: json(nodeOf(r.mote)) }
const mean = { op: 'mean', input: json(nodeOf(r.temperature)), type: 'number', nullable: true, unit: '°C', version: 1 }
const minute = { kind: 'tumbling', size: 60_000, every: 60_000, offset: 0 }

/** A job with a fan-out, a late port, a merge and a long edge, for the printers. */
export const climatePlan: Plan = {
  format: 1,
  job: 'mote-climate',
  nodes: [
    node('readings', 'read', [], { connector: 'amqp', address: 'telemetry', kind: 'queue' }, { kind: 'source' }),
    node('eventTime-1', 'eventTime', ['readings'], { time: json(nodeOf(r.at)), outOfOrderness: 10_000 }),
    node('where-1', 'where', ['eventTime-1'], { condition: json(nodeOf(r.temperature.gt(-40).and(r.humidity.between(0, 100)))) }),
    node('climate', 'aggregate', ['where-1'], { by, window: minute, aggregates: { mean }, early: 15_000 }, { stateful: true }),
    node(
      'trend',
      'aggregate',
      ['where-1'],
      { by, window: { kind: 'hopping', size: 300_000, every: 60_000, offset: 0 }, aggregates: { mean } },
      { stateful: true },
    ),
    node('steam', 'aggregate', ['where-1'], { by, window: minute, aggregates: { mean }, allowedLateness: 60_000 }, { stateful: true }),
    node('where-2', 'where', ['steam'], { condition: json(nodeOf(r.humidity.gt(60))) }),
    node('view:climate', 'view', ['climate'], { keep: 604_800_000 }, { kind: 'view' }),
    node('view:trend', 'view', ['trend'], {}, { kind: 'view' }),
    node('alerts', 'amqp', ['where-2'], { address: 'alerts' }, { kind: 'sink' }),
    node('merge-1', 'merge', ['climate', 'steam/late']),
    node('smooth', 'mapRows', ['merge-1'], {}, { opaque: true }),
    node('archive', 'amqp', ['smooth'], { address: 'archive' }, { kind: 'sink' }),
  ],
}
