import type { SinkSpec } from '../connector/sink.js'
import { compileColumn } from '../expr/compile-column.js'
import { traceExpr } from '../expr/trace.js'
import type { Batch } from '../model/batch.js'
import type { BooleanColumn, Columns, NumberColumn } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { State } from '../model/state.js'
import { planJson } from '../plan/plan-json.js'
import type { Emit, Logic } from './logic.js'
import { type Operator, operator, type Written } from './operator.js'
import { ownColumns } from './own-columns.js'
import { resultNames } from './result-names.js'
import type { Stream } from './stream.js'
import { WindowKeys } from './window-keys.js'

/**
 * Writes rows to a view or sink. Views get provisional rows and removals too; sinks get final rows and revisions, and a
 * removal only where they were told an earlier revision.
 *
 * @throws MR164 without a sink.
 * @example
 * climate.pipe(into(view('climate', { keep: '7d' })))
 */
export function into<T>(sink: SinkSpec<T>): Operator<T, Written> {
  return operator('into', stream => {
    const spec = sink as unknown as SinkSpec<never>
    if (typeof spec?.open !== 'function')
      throw new MillraceError('MR164', 'into was given no sink', { hint: "write into(view('id')) or into(amqpSink('id', …))" })
    const builder = stream.builder
    const traced = Object.entries(spec.expressions).map(
      ([name, fn]) => [name, traceExpr(fn as never, stream.columns, `${name} of sink '${spec.id}'`)] as const,
    )
    builder.add({
      op: spec.connector,
      kind: spec.kind,
      id: spec.id,
      inputs: [stream],
      params: { ...spec.params, ...Object.fromEntries(traced.map(([name, node]) => [name, planJson(node)])) },
      columns: stream.columns,
      stateful: stream.window !== undefined && spec.kind === 'sink' && stream.window.allowedLateness > 0,
      uses: 'all',
      passes: false,
      window: stream.window,
      logic: () =>
        new IntoLogic(
          stream,
          spec,
          traced.map(([name, node]) => [name, compileColumn(node)] as const),
        ),
    })
    builder.sinks.set(spec.id, { id: spec.id, spec, schema: stream.columns, window: stream.window })
    return { sink: spec.id, builder } as never
  })
}

class IntoLogic implements Logic {
  readonly #stream: Stream<never>
  readonly #spec: SinkSpec<never>
  readonly #computed: readonly (readonly [string, (batch: Batch) => Columns[string]])[]
  readonly #names: readonly string[]
  /** Names rows without a window, before their entry and ordinal. */
  readonly #place: string
  /** Row keys that a sink was told, while revisions of them may still come. */
  readonly #told = new WindowKeys()

  constructor(
    stream: Stream<unknown> | Stream<never>,
    spec: SinkSpec<never>,
    computed: readonly (readonly [string, (batch: Batch) => Columns[string]])[],
  ) {
    this.#stream = stream as Stream<never>
    this.#spec = spec
    this.#computed = computed
    this.#names = stream.columns.map(column => column.name)
    const { origin } = stream.builder.hooks
    this.#place = origin === undefined ? spec.id : `${spec.id}/${origin}`
  }

  onBatch(batch: Batch, emit: Emit): void {
    const kept = this.#spec.kind === 'view' ? batch : this.#forSink(batch)
    if (kept.length > 0) this.#write(kept)
    this.#told.forget(batch.watermark, this.#stream.window?.allowedLateness ?? 0)
    emit(batch.empty())
  }

  #write(batch: Batch): void {
    const { builder, window } = this.#stream
    const { id } = this.#spec
    const ordinal = builder.ordinals.get(id) ?? 0
    builder.ordinals.set(id, ordinal + batch.length)
    const computed: Record<string, Columns[string]> = {}
    for (const [name, evaluate] of this.#computed) computed[name] = evaluate(batch)
    builder.outputs.push({
      sink: id,
      length: batch.length,
      schema: this.#stream.columns,
      columns: ownColumns(batch.columns, this.#names, batch.length),
      computed: ownColumns(computed, Object.keys(computed), batch.length),
      ...resultNames(builder.hooks.job, this.#place, batch, window, builder.entry, ordinal),
      removed: batch.removed?.slice(0, batch.length),
      wall: batch.clock.wall,
      watermark: batch.watermark,
    })
  }

  /** Final rows, and removals of what the sink was told. */
  #forSink(batch: Batch): Batch {
    const trace = this.#stream.window
    if (!trace || batch.length === 0) return batch
    const final = batch.columns['final'] as BooleanColumn
    const end = batch.columns['window_end'] as NumberColumn
    const remembers = trace.allowedLateness > 0
    const keys = remembers ? resultNames('', '', batch, trace, 0, 0).keys : []
    const rows = new Int32Array(batch.length)
    let count = 0
    for (let i = 0; i < batch.length; i++) {
      if (final.values[i] !== 1) continue
      if (batch.removed?.[i]) {
        if (!remembers || this.#told.get(end.values[i]!, keys[i]!) === 0) continue
        this.#told.set(end.values[i]!, keys[i]!, 0)
      } else if (remembers) this.#told.set(end.values[i]!, keys[i]!, 1)
      rows[count++] = i
    }
    return count === batch.length ? batch : batch.take(rows, count)
  }

  snapshot(): State {
    return this.#told.snapshot()
  }

  restore(state: State): void {
    this.#told.restore(state)
  }
}
