import type { OutputBatch } from '../connector/sink.js'
import type { Batch } from '../model/batch.js'
import type { Dictionary } from '../model/dictionary.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { State } from '../model/state.js'
import type { GraphBuilder } from '../operators/builder.js'
import type { Plan } from '../plan/plan.js'
import { fieldUse } from './field-use.js'
import type { Graph, GraphSink, GraphSource, NodeMetrics, RowRejection } from './graph.js'
import { joinOutputs } from './join-outputs.js'
import { tapEdge } from './tap-edge.js'

interface GraphState {
  readonly format: 1
  readonly job: string
  /** Under which number each node speaks for itself: watermarks are kept by it. */
  readonly origins: { readonly [id: string]: number }
  readonly nodes: { readonly [id: string]: { readonly op: string; readonly version: number; readonly state: State } }
}

/** A connected run: pushes batches into sources, collects what reaches the sinks. */
export class RunningGraph implements Graph {
  readonly job: string
  readonly plan: Plan
  readonly sources: readonly GraphSource[]
  readonly sinks: readonly GraphSink[]
  readonly #builder: GraphBuilder
  readonly #dictionaries = new Set<Dictionary>()

  constructor(job: string, builder: GraphBuilder) {
    this.job = job
    this.#builder = builder
    this.plan = { format: 1, job, nodes: [...builder.nodes.values()].map(node => node.plan) }
    this.sources = [...builder.sources].map(([id, spec]) => ({ id, spec, use: fieldUse(builder.nodes.get(id)!) }))
    this.sinks = [...builder.sinks.values()].map(({ id, spec, schema, window }) => ({
      id,
      spec,
      schema,
      windowed: window !== undefined,
      keyColumns: window?.by ?? [],
      ...(window && { window: { size: window.size, every: window.every } }),
    }))
  }

  begin(entry: number): void {
    this.#builder.entry = entry
    this.#builder.ordinals.clear()
  }

  push(source: string, batch: Batch): void {
    const builder = this.#builder
    const node = builder.nodes.get(source)
    if (!node) throw new MillraceError('MR168', `the job '${this.job}' has no source '${source}'`)
    for (const name in batch.columns) {
      const column = batch.columns[name]!
      if (column.type === 'text' && column.form === 'dictionary') this.#dictionaries.add(column.dictionary)
    }
    builder.pushing = source
    try {
      node.receive(batch)
    } finally {
      builder.pushing = undefined
    }
    if (builder.failure !== undefined) throw builder.failure
  }

  decoded(source: string, messages: number, ms: number): void {
    const node = this.#builder.nodes.get(source)
    if (!node) return
    node.messages += messages
    node.busyMs += ms
  }

  end(): ReturnType<Graph['end']> {
    const builder = this.#builder
    const outputs = builder.outputs
    builder.outputs = []
    const rejections: RowRejection[] = []
    for (const node of builder.nodes.values()) if (node.refusals.length > 0) rejections.push(...node.refusals.splice(0))
    for (const dictionary of this.#dictionaries) dictionary.sweep()
    const joined = joinOutputs(outputs, sink => builder.sinks.get(sink)!.window === undefined)
    return { outputs: joined.map(output => this.#atEnd(output)), rejections, late: builder.late.take() }
  }

  /** With the watermark that its sink has come to: at which of the entry's rows it was written tells how these were cut. */
  #atEnd(output: OutputBatch): OutputBatch {
    const { nodes, sinks } = this.#builder
    const { watermark } = nodes.get(`${sinks.get(output.sink)!.spec.kind}:${output.sink}`)!
    return { ...output, watermark }
  }

  tap(from: string, to: string, heard: (batch: Batch) => void): () => void {
    return tapEdge(this.#builder, from, to, heard)
  }

  deadline(): number {
    const nodes = [...this.#builder.nodes.values()]
    const pendings = new Set(nodes.map(node => node.logic.pending?.() ?? Number.POSITIVE_INFINITY)).add(Number.POSITIVE_INFINITY)
    let least = Number.POSITIVE_INFINITY
    for (const { logic } of nodes) {
      if (!logic.deadline) continue
      for (const pending of pendings) least = Math.min(least, logic.deadline(pending))
    }
    return least
  }

  metrics(): ReadonlyMap<string, NodeMetrics> {
    const metrics = new Map<string, NodeMetrics>()
    for (const [id, node] of this.#builder.nodes) {
      const { rowsIn, rowsOut, batches, messages, busyMs, watermark, idle, counters } = node
      const keys = node.logic.keys?.()
      metrics.set(id, { rowsIn, rowsOut, batches, messages, busyNs: busyMs * 1e6, watermark, idle, keys, counters })
    }
    return metrics
  }

  snapshot(): State {
    const nodes: Record<string, { op: string; version: number; state: State }> = {}
    for (const [id, { plan, logic, counters }] of this.#builder.nodes) {
      nodes[id] = { op: plan.op, version: plan.version, state: { counters: { ...counters }, logic: logic.snapshot?.() ?? null } }
    }
    const origins = Object.fromEntries([...this.#builder.nodes].map(([id, { origin }]) => [id, origin]))
    return { format: 1, job: this.job, origins, nodes }
  }

  restore(state: State): void {
    const { nodes, origins } = state as unknown as GraphState
    const known = this.#builder.nodes
    for (const [id, saved] of Object.entries(nodes)) {
      const node = known.get(id)
      const { logic } = saved.state as { logic: State }
      if (!node && logic === null) continue
      if (!node) throw new MillraceError('MR169', `the snapshot holds state of '${id}' (${saved.op}), which the job no longer has`)
      // A version says what is computed from here on; an operator reads the state of its former ones.
      if (node.plan.op !== saved.op) throw new MillraceError('MR169', `'${id}' was ${saved.op}, and is ${node.plan.op}`)
    }
    for (const [id, saved] of Object.entries(nodes)) {
      const node = known.get(id)
      const { logic, counters } = saved.state as { logic: State; counters: Record<string, number> }
      if (!node) continue
      Object.assign(node.counters, counters)
      if (logic !== null) node.logic.restore?.(logic)
    }
    this.#keepOrigins(origins)
  }

  /** Nodes go on under their numbers; new ones get numbers that nobody had; those of nodes that are gone are forgotten. */
  #keepOrigins(saved: GraphState['origins']): void {
    const { nodes } = this.#builder
    let least = Math.min(0, ...Object.values(saved))
    for (const [id, node] of nodes) node.origin = saved[id] ?? --least
    this.forget(Object.entries(saved).flatMap(([id, origin]) => (nodes.has(id) ? [] : [origin])))
  }

  forget(origins: readonly number[]): void {
    if (origins.length > 0) for (const { logic } of this.#builder.nodes.values()) logic.forget?.(origins)
  }
}
