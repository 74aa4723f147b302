/** The logical type of a field or column. `timestamp` is ms since the epoch, `integer` a whole number up to ±2^53. */
export type ValueType = 'number' | 'integer' | 'boolean' | 'text' | 'timestamp' | 'list'

/** One column of a stream, view or sink as plans and HTTP describe it. */
export interface ColumnInfo {
  readonly name: string
  readonly type: ValueType
  readonly nullable: boolean
  readonly unit?: string
}
