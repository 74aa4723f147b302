import type { HeldPosition, Position } from '../../connector/sink.js'

/**
 * How many rows of an output, counted from its first, a sink holds that holds all up to a position. Places count rows, so this does
 * not depend on how the entry was cut into outputs when the sink was given them.
 *
 * @example
 * rowsHeld({ entry: 7, ordinal: 0 }, 1_000, { entry: 7, ordinal: 64, rows: 64 }) // 128
 */
export function rowsHeld({ entry, ordinal }: Position, rows: number, held: HeldPosition): number {
  if (entry !== held.entry) return entry < held.entry ? rows : 0
  // Of what is held nothing but its place is known: an output at the same place is that one, of any other no more than the row there.
  if (held.rows === undefined && ordinal === held.ordinal) return rows
  return Math.max(0, Math.min(rows, held.ordinal + (held.rows ?? 1) - ordinal))
}
