import type { Observable, OperatorFunction } from 'rxjs'
import { Subject } from 'rxjs'
import type { Batch } from '../model/batch.js'
import type { Emit } from './logic.js'
import { type Operator, operator } from './operator.js'
import { optionsOf } from './options-of.js'

export interface RxOptions {
  /** It keeps no state, no time and no side effect: its rows depend on the batch at hand alone. */
  readonly pure?: boolean
}

/**
 * Admits an RxJS operator on batches. It must answer synchronously. Without `pure`, plan and label say opaque, because
 * its state is not in snapshots.
 *
 * @example
 * readings.pipe(rx('audit', tap(batch => seen.add(batch.length))))
 */
export function rx<T>(id: string, op: OperatorFunction<Batch<T>, Batch<T>>, options: RxOptions = {}): Operator<T, T> {
  const { pure = false } = optionsOf('rx', options, ['pure'])
  return operator('rx', stream =>
    stream.builder.add<T>({
      op: 'rx',
      id,
      inputs: [stream as never],
      params: { pure },
      columns: stream.columns,
      ...(pure ? {} : { opaque: true }),
      uses: 'all',
      passes: true,
      window: stream.window,
      logic: () => {
        const input = new Subject<Batch<T>>()
        let emitNow: Emit | undefined
        ;(input as Observable<Batch<T>>).pipe(op).subscribe({
          next: batch => {
            // Outside a push the builder has no one to give the batch to, and the node says so.
            if (emitNow) emitNow(batch)
            else stream.builder.fail(stream.builder.outsidePush(id))
          },
          error: (error: unknown) => stream.builder.fail(error),
        })
        return {
          onBatch(batch, emit) {
            emitNow = emit
            try {
              input.next(batch as Batch<T>)
            } finally {
              emitNow = undefined
            }
          },
        }
      },
    }),
  )
}
