import { Observable } from 'rxjs'
import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { GraphBuilder } from './builder.js'
import { isOperator, type Operator, type Written } from './operator.js'
import type { WindowTrace } from './window-trace.js'

/** What stands at the end of a pipe: rows that go on, or rows that were written. */
export type Piped<T> = [T] extends [Written] ? Output : Stream<T>

/** A stream that ended in `into`: what a job function returns. */
export interface Output {
  readonly sink: string
  readonly builder: GraphBuilder
}

/** Observable without its `pipe`: ours takes our operators only. */
type BareObservable = new <T>(subscribe: ConstructorParameters<typeof Observable<T>>[0]) => Omit<Observable<T>, 'pipe'>
const Base = Observable as unknown as BareObservable

export interface StreamParts {
  readonly builder: GraphBuilder
  readonly node: string
  readonly columns: readonly ColumnInfo[]
  readonly source: Observable<Batch>
  readonly window?: WindowTrace | undefined
  /** An operator before was wrong, so that nothing is known of the rows. */
  readonly broken?: boolean
}

/** Operators whose output has the columns of their input: a wrong one is passed over, and what follows is checked. */
const columnsStay: ReadonlySet<string> = new Set(['where', 'eventTime', 'filterRows', 'debug'])

/**
 * Rows of type T on their way through a job: an RxJS observable of batches, multicast without reference counting, whose
 * `pipe` takes Millrace's operators and registers each in the job's plan.
 */
export class Stream<T> extends Base<Batch<T>> {
  declare readonly rowType?: T
  readonly builder: GraphBuilder
  /** Id of the plan node that the rows leave, with its port: `climate`, `climate/late`. */
  readonly node: string
  readonly columns: readonly ColumnInfo[]
  /** Present where the rows are results of windows. */
  readonly window: WindowTrace | undefined
  readonly broken: boolean

  constructor(parts: StreamParts) {
    super(subscriber => parts.source.subscribe(subscriber as never))
    this.builder = parts.builder
    this.node = parts.node
    this.columns = parts.columns
    this.window = parts.window
    this.broken = parts.broken ?? false
  }

  pipe(): Stream<T>
  pipe<A>(a: Operator<T, A>): Piped<A>
  pipe<A, B>(a: Operator<T, A>, b: Operator<A, B>): Piped<B>
  pipe<A, B, C>(a: Operator<T, A>, b: Operator<A, B>, c: Operator<B, C>): Piped<C>
  pipe<A, B, C, D>(a: Operator<T, A>, b: Operator<A, B>, c: Operator<B, C>, d: Operator<C, D>): Piped<D>
  pipe<A, B, C, D, E>(a: Operator<T, A>, b: Operator<A, B>, c: Operator<B, C>, d: Operator<C, D>, e: Operator<D, E>): Piped<E>
  pipe<A, B, C, D, E, F>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
  ): Piped<F>
  pipe<A, B, C, D, E, F, G>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
  ): Piped<G>
  pipe<A, B, C, D, E, F, G, H>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
    h: Operator<G, H>,
  ): Piped<H>
  pipe<A, B, C, D, E, F, G, H, I>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
    h: Operator<G, H>,
    i: Operator<H, I>,
  ): Piped<I>
  /** More than nine steps: name the stream in between, `const cleaned = readings.pipe(…)`, and go on from there. */
  pipe(...operators: [nameTheStream: never, ...never[]]): never
  pipe(...operators: readonly unknown[]): unknown {
    let stream: Stream<never> = this as unknown as Stream<never>
    for (const operator of operators) {
      // An error in one step hides no error in another: the job is refused with all of them together.
      if (stream.broken) break
      try {
        if (!isOperator(operator)) throw notOurs(operator)
        stream = operator.apply(stream)
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error
        const ours = isOperator(operator)
        if (ours && !error.place && operator.written.stack !== undefined) error.stack = operator.written.stack
        this.builder.errors.push(error)
        if (!ours || !columnsStay.has(operator.name)) stream = stream.broke()
      }
    }
    return stream
  }

  /** A stream of which nothing is known. */
  broke(): Stream<never> {
    const { builder, node } = this
    return new Stream<never>({ builder, node, columns: [], source: new Observable(), broken: true })
  }
}

function notOurs(operator: unknown): MillraceError {
  const what = typeof operator === 'function' ? 'a bare RxJS operator' : operator === undefined ? 'undefined' : `a ${typeof operator}`
  return new MillraceError('MR151', `pipe was given ${what}, not an operator of Millrace`)
}
