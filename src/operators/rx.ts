import type { Observable, OperatorFunction } from 'rxjs'
import { Subject } from 'rxjs'
import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Emit } from './logic.js'
import { type Operator, operator } from './operator.js'
import { expectValue, optionsOf } from './options-of.js'

/** What is known of an RxJS operator. */
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
  return operator('rx', stream => {
    expectValue(typeof op === 'function', `rx '${id}'`, `an id, then an RxJS operator: rx('${id}', map(batch => …))`)
    return stream.builder.add<T>({
      op: 'rx',
      id,
      inputs: [stream],
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
          complete: () => stream.builder.fail(ended(id)),
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
    })
  })
}

/** Rows behind an end would vanish without a word. */
const ended = (id: string): MillraceError =>
  new MillraceError('MR151', `the RxJS operator of '${id}' ended the stream: \`take\`, \`first\` and the like do not fit a job`)
