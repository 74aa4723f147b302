import type { Place } from '../model/errors/millrace-error.js'

/** Where in the job's files a function's source lies: `offset` counts from the start of the source text. */
export type ExpressionPlaceResolver = (source: string, offset: number) => Place | undefined

let resolver: ExpressionPlaceResolver | undefined

/**
 * Tells how places of expressions are found; the loader sets it while a job is built and takes it back afterwards.
 *
 * @example
 * setExpressionPlace((source, offset) => bundle.placeOf(source, offset))
 */
export function setExpressionPlace(next: ExpressionPlaceResolver | undefined): void {
  resolver = next
}

/** The text of an expression for a note, and its place where a loader knows it. */
export function sourceNotes(fn: unknown, offset = 0, length?: number): { notes: readonly string[]; place?: Place } {
  const source = Function.prototype.toString.call(fn)
  const text = source.replace(/\s+/g, ' ')
  const notes = [`expression: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`]
  const found = resolver?.(source, offset)
  if (!found) return { notes }
  return { notes, place: length === undefined ? found : { ...found, length } }
}

/** As `sourceNotes`, with the place where the expression reads a field, as far as it can be told from its text. */
export function fieldNotes(fn: unknown, field: string): ReturnType<typeof sourceNotes> {
  const name = field.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const found = new RegExp(`[\\w$]+(?:\\.${name}(?![\\w$])|\\[["']${name}["']\\])`).exec(Function.prototype.toString.call(fn))
  return found ? sourceNotes(fn, found.index, found[0].length) : sourceNotes(fn)
}
