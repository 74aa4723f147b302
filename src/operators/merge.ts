import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { State } from '../model/state.js'
import type { RunningNode } from './running-node.js'
import type { Stream } from './stream.js'
import { Watermarks } from './watermarks.js'

/** Origins of each input get numbers of their own: the same source may come in by two ways, at two paces. */
const inputOrigin = (origin: number, input: number): number => origin * 1024 + input

/**
 * Joins streams of one row type. Its watermark is the minimum over the active inputs (Flink's valve): a silent input
 * holds the others back until it is idle.
 *
 * @example
 * const all = merge('all', indoor, outdoor)
 */
export function merge<T>(id: string, ...streams: readonly [Stream<T>, ...Stream<T>[]]): Stream<T> {
  const [first] = streams
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
    inputs: streams as never,
    params: {},
    columns,
    stateful: true,
    uses: new Set<string>(),
    passes: true,
    window: first.window,
    logic: context => {
      const valve = new Watermarks()
      return {
        onBatch(batch: Batch, emit) {
          const watermark = valve.update(batch.with({ origin: inputOrigin(batch.origin, (context as RunningNode).input) }))
          emit(batch.with({ origin: context.origin, watermark }))
        },
        snapshot: (): State => valve.snapshot(),
        restore: state => valve.restore(state),
      }
    },
  })
}
