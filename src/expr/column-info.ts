import type { ColumnInfo } from '../model/value-type.js'
import type { ExprNode } from './node.js'

/**
 * The column that an expression makes, under a name.
 *
 * @example
 * columnInfo('half', node) // { name: 'half', type: 'number', nullable: false, unit: '°C' }
 */
export const columnInfo = (name: string, node: ExprNode): ColumnInfo =>
  node.unit === undefined
    ? { name, type: node.type, nullable: node.nullable }
    : { name, type: node.type, nullable: node.nullable, unit: node.unit }
