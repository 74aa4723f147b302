import type { Chunk } from '../model/chunk.js'
import { valueAt } from '../model/columns.js'
import type { DecoderSpec, Rejection } from './decoder.js'

/** What a decoder makes of a chunk, as row objects of all fields, for tests. */
export function rowsOf(
  spec: DecoderSpec<unknown>,
  chunk: Chunk,
): {
  readonly rows: Record<string, unknown>[]
  readonly rejected: readonly Rejection[]
  readonly skipped: number
  readonly messages: number[]
} {
  const decoded = spec.compile({ wanted: new Set(Object.keys(spec.schema.fields)), keyed: new Set() }).decode(chunk)
  const rows = Array.from({ length: decoded.length }, (_, row) =>
    Object.fromEntries(Object.entries(decoded.columns).map(([name, column]) => [name, valueAt(column, row)])),
  )
  return { rows, rejected: decoded.rejected, skipped: decoded.skipped, messages: [...decoded.messages.subarray(0, decoded.length)] }
}
