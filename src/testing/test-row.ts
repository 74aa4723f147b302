import type { OutputBatch } from '../connector/sink.js'
import { valueAt } from '../model/columns.js'
import type { Instant, RowInput } from '../model/schema.js'
import type { TestTime } from './test-time.js'

/** A value of a result; times are ms since the epoch. */
export type TestValue = string | number | boolean | null | readonly unknown[]

/** A result row as tests read it: one property a column, window columns included. */
export type TestRow = Readonly<Record<string, TestValue>>

/** A row as tests write it: as job code does, and times also as `Date` or RFC 3339 text. */
export type TestInput<T> = {
  readonly [K in keyof RowInput<T>]: K extends keyof T
    ? NonNullable<T[K]> extends Instant
      ? RowInput<T>[K] | TestTime
      : RowInput<T>[K]
    : never
}

/** A row with all that is known of how it was written. */
export interface TestOutput<Row = TestRow> {
  readonly row: Row
  /** What the sink computes for each row, such as its address. */
  readonly computed: TestRow
  /** Its deterministic id: the message id at a broker. */
  readonly id: string
  /** Rows of one key and window replace each other in a view. */
  readonly key: string
  /** An earlier row of this key no longer holds. */
  readonly removed: boolean
  /** The job's clock, ms since the epoch. */
  readonly at: number
}

export function testOutputs(batch: OutputBatch): TestOutput[] {
  const computed = Object.keys(batch.computed)
  return Array.from({ length: batch.length }, (_, i) => ({
    row: Object.fromEntries(batch.schema.map(({ name }) => [name, valueAt(batch.columns[name]!, i) as TestValue])),
    computed: Object.fromEntries(computed.map(name => [name, valueAt(batch.computed[name]!, i) as TestValue])),
    id: batch.ids[i]!,
    key: batch.keys[i]!,
    removed: batch.removed?.[i] === 1,
    at: batch.wall,
  }))
}
