import type { Instant } from '../model/schema.js'

declare const valueType: unique symbol

/** Null where T may be null. An intersection, not a conditional: columns stay assignable to nullable ones. */
type Null<T> = T & null
type Operand<T> = T | Expr<T> | Expr<T | null>

/**
 * A symbolic column: what `r => r.celsius.gt(-40)` sees. It has methods, not a value: JavaScript's own operators on it
 * throw. `T` is the type of one row's value; null follows SQL: an operation on null is null, a condition that is null
 * does not hold.
 */
export interface Expr<T> {
  readonly [valueType]?: T
  isNull(): BoolExpr<boolean>
}

interface Compared<T> extends Expr<T> {
  /** Never true for NaN. */
  eq(other: Operand<NonNullable<T>>): BoolExpr<boolean | Null<T>>
  /** Null, not true, where a side is null. */
  ne(other: Operand<NonNullable<T>>): BoolExpr<boolean | Null<T>>
  isIn(...values: readonly NonNullable<T>[]): BoolExpr<boolean | Null<T>>
}

interface Ordered<T, V> extends Compared<T> {
  gt(other: Operand<V>): BoolExpr<boolean | Null<T>>
  ge(other: Operand<V>): BoolExpr<boolean | Null<T>>
  lt(other: Operand<V>): BoolExpr<boolean | Null<T>>
  le(other: Operand<V>): BoolExpr<boolean | Null<T>>
  /** Both ends included. */
  between(low: Operand<V>, high: Operand<V>): BoolExpr<boolean | Null<T>>
}

/** A symbolic truth value: what `where` asks for. */
export interface BoolExpr<T extends boolean | null = boolean> extends Expr<T> {
  and(...others: readonly BoolExpr<boolean | null>[]): BoolExpr<boolean | Null<T>>
  or(...others: readonly BoolExpr<boolean | null>[]): BoolExpr<boolean | Null<T>>
  not(): BoolExpr<boolean | Null<T>>
  eq(other: boolean | BoolExpr<boolean | null>): BoolExpr<boolean | Null<T>>
  orElse(value: boolean): BoolExpr<boolean>
}

/** A symbolic number. Arithmetic is that of doubles; what has no result is null. */
export interface NumberExpr<T extends number | null = number> extends Ordered<T, number> {
  add(other: Operand<number>): NumberExpr<number | Null<T>>
  sub(other: Operand<number>): NumberExpr<number | Null<T>>
  mul(other: Operand<number>): NumberExpr<number | Null<T>>
  /** Division by zero is null. */
  div(other: Operand<number>): NumberExpr<number | null>
  /** The remainder with the divisor's sign; by zero null. */
  mod(other: Operand<number>): NumberExpr<number | null>
  neg(): NumberExpr<number | Null<T>>
  abs(): NumberExpr<number | Null<T>>
  /** Half away from zero, to `digits` after the point. */
  round(digits?: number): NumberExpr<number | Null<T>>
  orElse(value: Operand<number>): NumberExpr<number>
}

/** A symbolic text. */
export interface TextExpr<T extends string | null = string> extends Compared<T> {
  lower(): TextExpr<string | Null<T>>
  upper(): TextExpr<string | Null<T>>
  concat(...others: readonly Operand<string>[]): TextExpr<string | null>
  contains(part: string): BoolExpr<boolean | Null<T>>
  startsWith(part: string): BoolExpr<boolean | Null<T>>
  /**
   * Matches anywhere unless anchored; flags g and y are refused. The engine backtracks: nested repetition such as
   * `(a+)+$` can take time exponential in the length of a text.
   */
  matches(pattern: RegExp): BoolExpr<boolean | Null<T>>
  orElse(value: string): TextExpr<string>
}

/** A symbolic instant, ms since the epoch. */
export interface TimeExpr<T extends Instant | null = Instant> extends Expr<T> {
  eq(other: TimeOperand): BoolExpr<boolean | Null<T>>
  ne(other: TimeOperand): BoolExpr<boolean | Null<T>>
  gt(other: TimeOperand): BoolExpr<boolean | Null<T>>
  ge(other: TimeOperand): BoolExpr<boolean | Null<T>>
  lt(other: TimeOperand): BoolExpr<boolean | Null<T>>
  le(other: TimeOperand): BoolExpr<boolean | Null<T>>
  between(low: TimeOperand, high: TimeOperand): BoolExpr<boolean | Null<T>>
  /** Calendar parts in UTC unless a zone is named. */
  year(zone?: string): NumberExpr<number | Null<T>>
  month(zone?: string): NumberExpr<number | Null<T>>
  day(zone?: string): NumberExpr<number | Null<T>>
  hour(zone?: string): NumberExpr<number | Null<T>>
  /** Down to the start of the unit, in UTC. */
  truncate(unit: 'second' | 'minute' | 'hour' | 'day'): TimeExpr<Instant | Null<T>>
  orElse(value: TimeOperand): TimeExpr
  /** Ms between two times. */
  sub(other: TimeOperand): NumberExpr<number | null>
}

/** A time to compare with: a column, `now()`, ms since the epoch, or an RFC 3339 text. */
export type TimeOperand = TimeExpr | TimeExpr<Instant | null> | number | string

export type ListExpr<T> = Expr<T>

/** The symbolic column of a field of type T. */
export type ExprOf<T> = [NonNullable<T>] extends [Instant]
  ? TimeExpr<T & (Instant | null)>
  : [NonNullable<T>] extends [number]
    ? NumberExpr<T & (number | null)>
    : [NonNullable<T>] extends [boolean]
      ? BoolExpr<T & (boolean | null)>
      : [NonNullable<T>] extends [string]
        ? TextExpr<T & (string | null)>
        : ListExpr<T>

/** What an expression function receives: one symbolic column a field. */
export type SymbolicRow<T> = { readonly [K in keyof T]: ExprOf<T[K]> }

/** The row value type of a symbolic column. */
export type ValueOf<E> = E extends Expr<infer T> ? T : never

/** The row type of an object of symbolic columns. */
export type ValuesOf<O> = { readonly [K in keyof O]: ValueOf<O[K]> }
