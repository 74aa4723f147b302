import { MillraceError } from '../model/errors/millrace-error.js'

/** Checks that the source of an expression function can be read. */
export function checkExpressionSource(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw new MillraceError('MR113', `${what} wants a function such as \`r => r.celsius.gt(28)\``)
}
