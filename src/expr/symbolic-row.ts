import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { ExprNode } from './node.js'
import { SymbolicColumn } from './symbolic-column.js'
import type { SymbolicRow } from './types.js'

/** The node of a field. */
const fieldNode = ({ name, type, nullable, unit }: ColumnInfo): ExprNode => ({
  op: 'field',
  type,
  nullable,
  name,
  ...(unit === undefined ? {} : { unit }),
})

/**
 * The row that an expression receives: one symbolic column a field, frozen. It can be spread and destructured.
 *
 * @throws MR110 from an access to a field that does not exist, with the name that was probably meant.
 * @example
 * const r = symbolicRow([{ name: 'celsius', type: 'number', nullable: false }])
 * nodeOf(r.celsius) // { op: 'field', type: 'number', nullable: false, name: 'celsius' }
 */
export function symbolicRow(columns: readonly ColumnInfo[]): SymbolicRow<Record<string, unknown>> {
  const fields: Record<string, SymbolicColumn> = Object.create(null)
  for (const column of columns) fields[column.name] = new SymbolicColumn(fieldNode(column))
  return new Proxy(Object.freeze(fields), {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name)
      const meant = nearest(name, Object.keys(target))
      throw new MillraceError('MR110', `there is no field \`${name}\``, {
        notes: [`fields: ${Object.keys(target).join(', ') || 'none'}`],
        ...(meant === undefined ? {} : { hint: `did you mean \`${meant}\`?` }),
      })
    },
  }) as unknown as SymbolicRow<Record<string, unknown>>
}
