import type { Stream } from './stream.js'

export const operatorBrand = Symbol('millrace.operator')

declare const writtenBrand: unique symbol

/** The row type behind `into`: nothing flows on. */
export interface Written {
  readonly [writtenBrand]: true
}

/**
 * An inert operator from rows A to rows B. It takes effect where `Stream.pipe` applies it, so fragments may be shared
 * between jobs.
 */
export interface Operator<A, B> {
  readonly [operatorBrand]: true
  /** The word in plans and errors: `where`, `aggregate`. */
  readonly name: string
  /** Made where the job's author wrote it: an error in applying it is shown there, not where `pipe` stands. */
  readonly written: Error
  apply(stream: Stream<A>): Stream<B>
}

/** Makes an operator from what it does when it is applied. */
export const operator = <A, B>(name: string, apply: (stream: Stream<A>) => Stream<B>): Operator<A, B> => ({
  [operatorBrand]: true,
  name,
  written: new Error(name),
  apply,
})

/** Tells our operators from RxJS's functions and other values. */
export const isOperator = (value: unknown): value is Operator<never, never> =>
  typeof value === 'object' && value !== null && operatorBrand in value
