import type { FieldSpec } from '../model/schema.js'

/** The column that a field is read from: that of its path, as of `.at('window_start')`, where the header has it, else that of its name. */
export function csvColumn(name: string, { path }: FieldSpec, header: readonly string[]): string {
  const own = path.join('.')
  return header.includes(own) ? own : name
}
