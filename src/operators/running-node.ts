import { Subject } from 'rxjs'
import type { Batch } from '../model/batch.js'
import type { ErrorCode } from '../model/errors/catalogue.js'
import type { PlanNode } from '../plan/plan.js'
import type { GraphBuilder, NodeDefinition } from './builder.js'
import { type MissedWindow, mostLateRows } from './late-record.js'
import type { Logic, LogicContext } from './logic.js'
import type { Refusal } from './refusal.js'
import { rowJson } from './row-json.js'

/** One node of a run: its logic, its output, what it has done. */
export class RunningNode implements LogicContext {
  readonly plan: PlanNode
  readonly definition: NodeDefinition
  readonly output = new Subject<Batch>()
  readonly ports = new Map<string, Subject<Batch>>()
  /** Who reads the output; a port's readers name it. */
  readonly consumers: { readonly node: RunningNode; readonly port: string | undefined }[] = []
  readonly refusals: Refusal[] = []
  readonly counters: Record<string, number> = {}
  /** Operators speak for themselves under negative numbers, source partitions under 0 and above. It stays the node's over restarts and edits. */
  origin: number
  readonly logic: Logic
  rowsIn = 0
  rowsOut = 0
  batches = 0
  /** Decoded, of a source. */
  messages = 0
  busyMs = 0
  watermark = Number.NEGATIVE_INFINITY
  idle = false
  readonly #builder: GraphBuilder
  #emitted = false
  readonly #spoke = new Set<string>()
  #nested = 0
  /** Index of the input whose batch is being worked on, for fan-in. */
  input = 0

  constructor(builder: GraphBuilder, id: string, index: number, definition: NodeDefinition) {
    this.#builder = builder
    this.definition = definition
    this.origin = -1 - index
    this.plan = {
      id,
      kind: definition.kind ?? 'operator',
      op: definition.op,
      inputs: definition.inputs.map(input => input.node),
      params: definition.params,
      columns: definition.columns,
      stateful: definition.stateful ?? false,
      version: definition.version ?? 1,
      ...(definition.opaque && { opaque: true }),
    }
    for (const port of definition.ports ?? []) this.ports.set(port, new Subject<Batch>())
    this.logic = definition.logic(this)
  }

  receive(batch: Batch, input = 0): void {
    const builder = this.#builder
    if (builder.failure !== undefined) return
    this.input = input
    this.batches++
    this.rowsIn += batch.length
    this.#emitted = false
    const elapsed = builder.hooks.elapsed
    const began = elapsed?.() ?? 0
    const nestedBefore = this.#nested
    try {
      this.logic.onBatch(batch, this.#emit)
      if (!this.#emitted) this.#emit(batch.empty())
      for (const port of this.ports.keys()) if (!this.#spoke.delete(port)) this.emitTo(port, batch.empty())
      this.#spoke.clear()
    } catch (error) {
      builder.fail(error)
    }
    if (elapsed) this.busyMs += elapsed() - began - (this.#nested - nestedBefore)
  }

  readonly #emit = (batch: Batch): void => {
    this.#emitted = true
    this.rowsOut += batch.length
    this.watermark = batch.watermark
    this.idle = batch.idle
    this.#pass(this.output, batch)
  }

  emitTo(port: string, batch: Batch): void {
    const subject = this.ports.get(port)
    if (!subject) return
    this.#spoke.add(port)
    this.#pass(subject, batch)
  }

  #pass(subject: Subject<Batch>, batch: Batch): void {
    const builder = this.#builder
    if (builder.pushing === undefined) throw builder.outsidePush(this.plan.id)
    const elapsed = builder.hooks.elapsed
    const began = elapsed?.() ?? 0
    subject.next(batch)
    if (elapsed) this.#nested += elapsed() - began
  }

  late(batch: Batch, missed: (time: number) => MissedWindow): void {
    this.count('late', batch.length)
    this.emitTo('late', batch)
    const { times, length, clock } = batch
    const rows = []
    for (let i = Math.max(0, length - mostLateRows); i < length; i++) {
      const { start, end, by } = missed(times[i]!)
      rows.push({
        node: this.plan.id,
        at: clock.wall,
        eventTime: times[i]!,
        window: { start, end },
        missedBy: by,
        row: rowJson(batch, i),
      })
    }
    this.#builder.late.add(rows)
  }

  reject(batch: Batch, row: number, code: ErrorCode, reason: string, stack?: string): void {
    this.refusals.push({
      node: this.plan.id,
      source: this.#builder.pushing ?? '',
      message: batch.messages?.[row],
      code,
      reason,
      ...(stack !== undefined && { stack }),
      row: JSON.stringify(batch.row(row)),
    })
  }

  count(counter: string, by: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by
  }
}
