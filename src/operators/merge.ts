import type { Batch } from '../model/batch.js'
import type { NumberColumn } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { State } from '../model/state.js'
import type { Emit, Logic } from './logic.js'
import { resultNames } from './result-names.js'
import type { RunningNode } from './running-node.js'
import { Stream } from './stream.js'
import { Watermarks } from './watermarks.js'
import { WindowKeys } from './window-keys.js'
import type { WindowTrace } from './window-trace.js'

/** Inputs that fit into the bits of a number. */
const mostInputs = 50

/** Origins of each input get numbers of their own: the same source may come in by two ways, at two paces. */
const inputOrigin = (origin: number, input: number): number => origin * 1024 + input

/**
 * Joins streams of one row type. Its watermark is the minimum over the active inputs (Flink's valve): a silent input
 * holds the others back until it is idle.
 *
 * @throws MR163 without streams, with too many, or with streams that differ.
 * @example
 * const all = merge('all', indoor, outdoor)
 */
export function merge<T>(id: string, ...streams: readonly [Stream<T>, ...Stream<T>[]]): Stream<T> {
  if (streams.length === 0 || streams.length > mostInputs || streams.some(stream => !(stream instanceof Stream))) {
    throw new MillraceError('MR163', `merge '${id}' wants 1 to ${mostInputs} streams`, { hint: `write merge('${id}', first, second)` })
  }
  const [first] = streams
  const broken = streams.find(stream => stream.broken)
  if (broken) return broken
  const columns = first.columns.map(column => {
    const nullable = streams.some(stream => {
      const other = stream.columns.find(candidate => candidate.name === column.name)
      if (!other || other.type !== column.type) {
        throw new MillraceError('MR163', `the streams of merge '${id}' differ: \`${column.name}\` is not a ${column.type} in all of them`)
      }
      return other.nullable
    })
    return { ...column, nullable }
  })
  if (streams.some(stream => stream.window)) {
    const operators = new Set(streams.map(stream => stream.window?.operator))
    if (operators.size > 1) throw new MillraceError('MR163', `merge '${id}' joins results of different windows`)
  }
  return first.builder.add<T>({
    op: 'merge',
    id,
    inputs: streams,
    params: {},
    columns,
    stateful: true,
    uses: new Set<string>(),
    passes: true,
    window: first.window,
    logic: context => new MergeLogic(context as RunningNode, first.window),
  })
}

class MergeLogic implements Logic {
  readonly #node: RunningNode
  readonly #window: WindowTrace | undefined
  readonly #repeats: boolean
  readonly #valve = new Watermarks()
  /** The inputs that hold a row of a window, one bit each. */
  readonly #holders = new WindowKeys()

  constructor(node: RunningNode, window: WindowTrace | undefined) {
    this.#node = node
    this.#window = window
    this.#repeats = window !== undefined && (window.early || window.allowedLateness > 0)
  }

  onBatch(batch: Batch, emit: Emit): void {
    const { input, origin } = this.#node
    const watermark = this.#valve.update(batch.with({ origin: inputOrigin(batch.origin, input) }))
    const rows = this.#repeats && batch.length > 0 ? this.#standing(batch, 2 ** input) : batch
    emit(rows.with({ origin, watermark, idle: this.#valve.idle }))
    if (this.#repeats) this.#holders.forget(watermark, this.#window!.allowedLateness)
  }

  /** Without removals of rows that another input still holds: what left one branch may have entered the other. */
  #standing(batch: Batch, bit: number): Batch {
    const { keys } = resultNames('', '', batch, this.#window, 0, 0)
    const end = batch.columns['window_end'] as NumberColumn
    const rows = new Int32Array(batch.length)
    let count = 0
    for (let i = 0; i < batch.length; i++) {
      const held = this.#holders.get(end.values[i]!, keys[i]!)
      const removed = batch.removed?.[i] === 1
      const holds = Math.floor(held / bit) % 2 === 1
      const now = removed ? (holds ? held - bit : held) : holds ? held : held + bit
      this.#holders.set(end.values[i]!, keys[i]!, now)
      if (!removed || now === 0) rows[count++] = i
    }
    return count === batch.length ? batch : batch.take(rows, count)
  }

  forget(origins: readonly number[]): void {
    for (const input of this.#node.plan.inputs.keys()) this.#valve.forget(origins.map(origin => inputOrigin(origin, input)))
  }

  snapshot(): State {
    return { valve: this.#valve.snapshot(), holders: this.#holders.snapshot() }
  }

  restore(state: State): void {
    const { valve, holders } = state as { valve: State; holders: State }
    this.#valve.restore(valve)
    this.#holders.restore(holders)
  }
}
