import type { Json } from '../model/json.js'
import type { ColumnInfo } from '../model/value-type.js'

/** What a node does to the flow, for pictures and labels. */
export type NodeKind = 'source' | 'operator' | 'view' | 'sink'

/** One node of a plan. Nothing in it is code: `params` holds expressions as JSON, durations in ms, options. */
export interface PlanNode {
  /** Unique in the job: the author's id for sources and stateful nodes, `view:climate` or `sink:alerts` for what is written, `where-1`, … otherwise. */
  readonly id: string
  readonly kind: NodeKind
  /** `read`, `where`, `aggregate`, `view`, `amqp`, …. */
  readonly op: string
  /** Ids of the nodes that feed it; `climate/late` is the late port of `climate`. */
  readonly inputs: readonly string[]
  readonly params: { readonly [key: string]: Json }
  /** The columns that leave it. */
  readonly columns: readonly ColumnInfo[]
  readonly stateful: boolean
  /** The semantic version of the operator; rises only when results change. */
  readonly version: number
  /** Present and true where JavaScript of the job runs: not translatable, and trusted to be deterministic. */
  readonly opaque?: boolean
}

/** A job as pure data, in the order of registration (inputs before users). */
export interface Plan {
  readonly format: 1
  readonly job: string
  readonly nodes: readonly PlanNode[]
}
