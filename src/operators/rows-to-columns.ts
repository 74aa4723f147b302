import type { Column, Columns } from '../model/columns.js'
import type { FieldSpec } from '../model/schema.js'
import type { ColumnInfo } from '../model/value-type.js'

/** The columns of a schema, for plans and streams. */
export const schemaColumns = (fields: Readonly<Record<string, FieldSpec>>): readonly ColumnInfo[] =>
  Object.entries(fields).map(([name, { type, nullable, unit }]) => ({ name, type, nullable, ...(unit !== undefined && { unit }) }))

/** What is wrong with a row that JavaScript made, as a sentence; undefined where it fits the schema. */
export function misfit(row: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, FieldSpec>>): string | undefined {
  if (typeof row !== 'object' || row === null) return `the function gave ${row === null ? 'null' : `a ${typeof row}`}, not a row`
  for (const [name, spec] of Object.entries(fields)) {
    const value = row[name]
    if (value === null || value === undefined) {
      if (!spec.nullable) return `\`${name}\` is missing`
    } else if (spec.type === 'boolean' || spec.type === 'text') {
      const wanted = spec.type === 'text' ? 'string' : 'boolean'
      if (typeof value !== wanted) return `\`${name}\` is a ${typeof value}, the schema wants a ${wanted}`
      if (spec.values && !spec.values.includes(value as string))
        return `\`${name}\` is '${String(value)}', not one of ${spec.values.join(', ')}`
    } else {
      if (typeof value !== 'number') return `\`${name}\` is a ${typeof value}, the schema wants a number`
      if (!Number.isFinite(value) && !spec.allowNonFinite) return `\`${name}\` is ${value}`
      if (spec.type === 'integer' && !Number.isSafeInteger(value)) return `\`${name}\` is ${value}, not a whole number`
    }
  }
  return undefined
}

/** Rows that fit a schema as columns. */
export function rowsToColumns(rows: readonly Readonly<Record<string, unknown>>[], fields: Readonly<Record<string, FieldSpec>>): Columns {
  const columns: Record<string, Column> = {}
  for (const [name, spec] of Object.entries(fields)) columns[name] = toColumn(rows, name, spec)
  return columns
}

function toColumn(rows: readonly Readonly<Record<string, unknown>>[], name: string, spec: FieldSpec): Column {
  if (spec.type === 'text') return { type: 'text', form: 'plain', values: rows.map(row => (row[name] as string | undefined) ?? null) }
  const nulls = spec.nullable ? Uint8Array.from(rows, row => (row[name] === null || row[name] === undefined ? 1 : 0)) : undefined
  if (spec.type === 'boolean') return { type: 'boolean', values: Uint8Array.from(rows, row => (row[name] === true ? 1 : 0)), nulls }
  return { type: 'number', values: Float64Array.from(rows, row => (row[name] as number | undefined) ?? 0), nulls }
}
