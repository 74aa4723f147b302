import type { Log } from '../../src/model/seams.js'

/** A log that keeps its lines for a test. */
export function quietLog(): Log & {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[]
} {
  const lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = []
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, message, fields })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}
