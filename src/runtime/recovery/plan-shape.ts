import { createHash } from 'node:crypto'
import type { ExprNode } from '../../expr/node.js'
import { printExpr } from '../../expr/print-expr.js'
import { durationText } from '../../model/duration.js'
import type { Json } from '../../model/json.js'
import { canonicalJson } from '../../plan/canonical-json.js'
import type { Plan, PlanNode } from '../../plan/plan.js'

/** One parameter that shapes state: as a person reads it, and exactly. */
export type PartShape = { readonly text: string; readonly hash: string }

/** What of a node shapes its state. */
export type NodeShape = {
  readonly op: string
  /** For each input, who speaks for the time of what comes in: sources, and operators with a watermark of their own. State is kept by them. */
  readonly feeds: readonly (readonly string[])[]
  /** By label, such as `window` or ``aggregate `mean` ``; their order counts. */
  readonly parts: { readonly [label: string]: PartShape }
}

/** What of a plan shapes state, by the id of the node; pure JSON, for headers of snapshots. */
export type PlanShape = { readonly [id: string]: NodeShape }

type Params = { readonly [key: string]: Json }

const part = (text: string, value: Json): PartShape => ({
  text,
  hash: createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16),
})

const record = (value: Json | undefined): Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Params) : {}

const isExpr = (value: Json | undefined): boolean => typeof record(value)['op'] === 'string' && typeof record(value)['type'] === 'string'
const expr = (value: Json): string => (isExpr(value) ? printExpr(value as unknown as ExprNode) : JSON.stringify(value))
const typed = (value: Json): string => `${expr(value)}, ${String(record(value)['type'])}`
const ms = (value: Json | undefined): string => (typeof value === 'number' && value > 0 ? durationText(value) : 'none')

function windowText({ kind, size, every, offset }: Params): string {
  const slide = every === size ? '' : ` every ${ms(every)}`
  return `${String(kind)} ${ms(size)}${slide}${offset === 0 ? '' : ` offset ${String(offset)}ms`}`
}

function aggregateText(plan: Params): string {
  const { op, input, options } = plan
  return `${String(op)}(${[...(input === undefined ? [] : [expr(input)]), ...(options === undefined ? [] : [JSON.stringify(options)])].join(', ')})`
}

function aggregateParts({ by, window, aggregates, early, allowedLateness }: Params): Record<string, PartShape> {
  const parts: Record<string, PartShape> = { window: part(windowText(record(window)), window ?? null) }
  for (const [name, value] of Object.entries(record(by))) parts[`key \`${name}\``] = part(typed(value), value)
  for (const [name, value] of Object.entries(record(aggregates))) {
    // Its version says what it computes: see `semanticVersions`. What it keeps is its own to read back.
    const { version: _, ...plan } = record(value)
    parts[`aggregate \`${name}\``] = part(aggregateText(plan), plan)
  }
  // How often they come may change; whether they come decides what is remembered.
  parts['early results'] = part(early === undefined ? 'off' : 'on', early !== undefined)
  // Windows that were given up cannot come back for rows that would now be taken.
  parts['allowed lateness'] = part(ms(allowedLateness), allowedLateness ?? 0)
  return parts
}

/** How state depends on parameters, for each operator that has any; others with state count all their parameters. */
const partsOf: Readonly<Record<string, (params: Params) => Record<string, PartShape>>> = {
  aggregate: aggregateParts,
  // The highest time stays the highest time, however long one waits behind it.
  eventTime: ({ time }) => ({ time: part(expr(time ?? null), time ?? null) }),
  merge: () => ({}),
}

const allParts = (params: Params): Record<string, PartShape> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`\`${name}\``, part(expr(value), value)]))

/** Rows of a view are kept as they were shown. */
const columnParts = ({ columns }: PlanNode): Record<string, PartShape> =>
  Object.fromEntries(columns.map(({ name, type }) => [`column \`${name}\``, part(type, type)]))

function shapeOf(node: PlanNode, feeds: NodeShape['feeds']): NodeShape {
  const { op, kind, params } = node
  if (kind === 'view') return { op, feeds: [], parts: columnParts(node) }
  // What a sink was told is remembered by key and window; where it writes does not matter to that.
  const parts = kind === 'sink' ? {} : (partsOf[op] ?? allParts)(params)
  return { op, feeds, parts }
}

const ownTime: ReadonlySet<string> = new Set(['aggregate', 'merge'])

/**
 * The nodes that carry state, views among them, with what shapes it.
 *
 * @example
 * planShape(graph.plan)['climate'].parts['window'].text // 'tumbling 5m'
 */
export function planShape(plan: Plan): PlanShape {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]))
  const speakers = (input: string): readonly string[] => {
    const [id, port] = input.split('/') as [string, string | undefined]
    const node = nodes.get(id)
    // A side port hands on rows of the input, with the input's time.
    if (!node || node.inputs.length === 0 || (port === undefined && ownTime.has(node.op))) return [id]
    return [...new Set(node.inputs.flatMap(speakers))]
  }
  const stateful = plan.nodes.filter(node => node.stateful || node.kind === 'view')
  return Object.fromEntries(stateful.map(node => [node.id, shapeOf(node, node.inputs.map(speakers))]))
}
