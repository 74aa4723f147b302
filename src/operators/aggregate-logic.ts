import type { BoundAggregate } from '../aggregates/aggregate.js'
import { compileColumn } from '../expr/compile-column.js'
import type { ExprNode } from '../expr/node.js'
import { Batch } from '../model/batch.js'
import type { Column } from '../model/columns.js'
import type { State } from '../model/state.js'
import { KeyTable } from '../windows/key-table.js'
import { KeyedWindows } from '../windows/keyed-windows.js'
import { resultColumns } from '../windows/result-columns.js'
import { endOfRun, splitLate } from '../windows/split-late.js'
import type { WindowPlan } from '../windows/window-plan.js'
import type { WindowContents } from '../windows/window-reader.js'
import { firstResults } from './first-results.js'
import type { Emit, Logic, LogicContext } from './logic.js'
import { Watermarks } from './watermarks.js'

export interface AggregateParams {
  readonly by: readonly { readonly name: string; readonly node: ExprNode }[]
  readonly window: WindowPlan
  readonly aggregates: readonly { readonly name: string; readonly bound: BoundAggregate }[]
  /** Ms of stream clock between provisional results. */
  readonly early?: number
  /** Ms. */
  readonly allowedLateness: number
  /** The rows are results of windows: only final ones of revision 0 count. */
  readonly windowedInput: boolean
  /** A bounded run: no early results. */
  readonly bounded: boolean
}

/** Rows of a result batch, at most: a window of a million keys leaves in parts. */
const mostRows = 8_192

class AggregateLogic implements Logic {
  readonly #params: AggregateParams
  readonly #context: LogicContext
  readonly #names: { readonly by: readonly string[]; readonly aggregates: readonly string[] }
  readonly #early: number | undefined
  readonly #keyOf: readonly ((batch: Batch) => Column)[]
  /** One reading an expression, and which of them each aggregate takes; −1: none. */
  readonly #readings: readonly ((batch: Batch) => Column)[]
  readonly #inputOf: readonly number[]
  readonly #valve = new Watermarks()
  readonly #windows: KeyedWindows
  #keys = new Int32Array(1_024)
  /** When provisional results are due on the stream clock; +Infinity while nothing changed. */
  #due = Number.POSITIVE_INFINITY
  #now = Number.NEGATIVE_INFINITY
  /** Whose time results carry during a push, and where they go. */
  #time!: Pick<Batch, 'origin' | 'clock' | 'idle'>
  #emit!: Emit
  /** The last result batch of an advance waits, for it carries the new watermark. */
  #held: Batch | undefined

  constructor(params: AggregateParams, context: LogicContext) {
    this.#params = params
    this.#context = context
    this.#names = { by: params.by.map(({ name }) => name), aggregates: params.aggregates.map(({ name }) => name) }
    this.#early = params.bounded ? undefined : params.early
    this.#keyOf = params.by.map(({ node }) => compileColumn(node))
    const readings = new Map<string, { readonly index: number; readonly node: ExprNode }>()
    this.#inputOf = params.aggregates.map(({ bound: { plan } }) => {
      if (!plan.input) return -1
      const text = JSON.stringify(plan.input)
      const known = readings.get(text) ?? { index: readings.size, node: plan.input }
      readings.set(text, known)
      return known.index
    })
    this.#readings = Array.from(readings.values(), ({ node }) => compileColumn(node))
    this.#windows = new KeyedWindows(
      params.window,
      params.aggregates.map(({ bound }) => bound),
      new KeyTable(params.by.map(({ node }) => node.type)),
      params.allowedLateness,
      this.#early !== undefined,
    )
  }

  onBatch(batch: Batch, emit: Emit): void {
    // No batch of ours is alive here, so texts of freed keys may go.
    this.#windows.table.sweep()
    const watermark = this.#valve.update(batch)
    this.#time = { origin: this.#context.origin, clock: batch.clock, idle: this.#valve.idle }
    this.#emit = emit
    this.#now = batch.clock.stream
    if (this.#now >= this.#due) {
      this.#due = Number.POSITIVE_INFINITY
      this.#windows.fireChanged((window, contents) => this.#emitWindow(window, contents, false, 0))
      this.#flush(this.#windows.watermark)
    }
    if (batch.length > 0) this.#rows(batch)
    this.#flush(this.#windows.watermark)
    this.#windows.advance(watermark, (window, contents) => this.#emitWindow(window, contents, true, 0))
    if (this.#held) this.#flush(watermark)
    else emit(batch.empty().with({ ...this.#time, watermark }))
  }

  pending(): number {
    return this.#windows.pending()
  }

  deadline(): number {
    return this.#due === Number.POSITIVE_INFINITY ? this.#due : Math.max(0, this.#due - this.#now)
  }

  keys(): number {
    return this.#windows.liveKeys()
  }

  forget(origins: readonly number[]): void {
    this.#valve.forget(origins)
  }

  snapshot(): State {
    return { valve: this.#valve.snapshot(), windows: this.#windows.snapshot(), due: this.#due, now: this.#now }
  }

  restore(state: State): void {
    const saved = state as { valve: State; windows: State; due: number; now: number }
    this.#valve.restore(saved.valve)
    this.#windows.restore(saved.windows)
    this.#due = saved.due
    this.#now = saved.now
  }

  #rows(all: Batch): void {
    const batch = this.#taken(all)
    const { length, times } = batch
    if (length === 0) return
    this.#context.count('counted', length)
    if (this.#keys.length < length) this.#keys = new Int32Array(2 * length)
    const keys = this.#keys
    const windows = this.#windows
    const { grid } = windows
    windows.table.resolve(
      this.#keyOf.map(read => read(batch)),
      length,
      keys,
    )
    const readings = this.#readings.map(read => read(batch))
    const inputs = this.#inputOf.map(index => readings[index])
    for (let from = 0, to = 0; from < length; from = to) {
      const pane = grid.paneOf(times[from]!)
      to = endOfRun(times, from, length, grid.paneStart(pane), grid.paneEnd(pane))
      if (!windows.revisable(pane)) {
        windows.add(pane, keys, from, to, inputs, times)
        continue
      }
      for (let row = from; row < to; row++) {
        windows.add(pane, keys, row, row + 1, inputs, times)
        windows.revise(pane, keys[row]!, (window, contents, revision) => this.#emitWindow(window, contents, true, revision))
      }
    }
    if (this.#early !== undefined && this.#due === Number.POSITIVE_INFINITY) this.#due = this.#now + this.#early
  }

  /** The rows that some window takes. */
  #taken(all: Batch): Batch {
    const batch = firstResults(all, this.#params.windowedInput, this.#context)
    const { taken, late } = splitLate(batch, this.#windows)
    if (late) this.#context.late(late, time => this.#windows.missed(time))
    return taken
  }

  #emitWindow(window: number, contents: WindowContents, final: boolean, revision: number): void {
    const { grid, table } = this.#windows
    const end = grid.windowEnd(window)
    const firing = { start: grid.windowStart(window), end, final, revision }
    for (let from = 0; from < contents.count; from += mostRows) {
      this.#flush(this.#windows.watermark)
      const to = Math.min(contents.count, from + mostRows)
      this.#held = new Batch({
        ...this.#time,
        length: to - from,
        columns: resultColumns(table, this.#names, contents, from, to, firing),
        times: new Float64Array(to - from).fill(end - 1),
        watermark: this.#windows.watermark,
      })
    }
  }

  #flush(watermark: number): void {
    const held = this.#held
    if (!held) return
    this.#held = undefined
    this.#emit(held.watermark === watermark ? held : held.with({ watermark }))
  }
}

/**
 * Windowed aggregates by key over typed columns. Order of work: provisional results that are due; rows, judged against
 * the watermark before the batch; the batch's watermark. Results do not depend on how batches are cut, provided that a
 * batch never needs finer judgement, which `eventTime` guarantees.
 */
export function createAggregateLogic(params: AggregateParams, context: LogicContext): Logic {
  return new AggregateLogic(params, context)
}
