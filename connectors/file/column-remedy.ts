import { nearest } from '../../src/model/nearest.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'

/** What can stand in `.at('…')` as it is, and is one cell by any usual delimiter. */
const path = /^(?!\.)(?!.*\.\.)(?!.*\.$)[^'\\\r\n;\t|]{1,80}$/

/** How to read a field from the column that is probably meant, such as `temperature` from `Temperature [°C]`. Undefined: none is like it. */
export function columnRemedy(field: string, schema: Schema<unknown>, columns: readonly string[]): string | undefined {
  const column = nearest(
    field,
    columns.filter(name => path.test(name)),
  )
  if (column === undefined) return undefined
  const { type } = (schema.fields as Record<string, FieldSpec>)[field]!
  return `did you mean the column '${column}'? Name it in the schema: ${field}: ${type}(…).at('${column}'); or rename it in the header line.`
}
