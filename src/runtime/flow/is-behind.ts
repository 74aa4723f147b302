import type { Position } from '../../connector/sink.js'

/** Whether `a` comes after `b` in the life of a job. */
export function isBehind(a: Position, b: Position): boolean {
  return a.entry > b.entry || (a.entry === b.entry && a.ordinal > b.ordinal)
}
