import { type Column, type DictionaryText, type SliceText, textAt } from '../model/columns.js'
import type { Code, KernelSource } from './kernel.js'
import type { ExprNode } from './node.js'

/** The text of a row that is not null. */
const decode = (column: SliceText, row: number): string => textAt(column, row)!
const lookUp = (column: DictionaryText, id: number): string => column.dictionary.text(id)

/** How a column looks, as one letter: what a generated loop is specialised on. */
export function columnShape(column: Column): string {
  if (column.type === 'text') return column.form === 'plain' ? 'p' : column.form === 'dictionary' ? 'd' : 's'
  if (column.type === 'list') return 'l'
  return column.nulls ? 'n' : 'v'
}

/** The name of a text field's id, in a loop over a dictionary column. */
export const idName = (index: number): string => `id${index}`

/** Declares the arrays of a field before the loop, and the null flag of the row. */
export function declareField(
  source: KernelSource,
  node: ExprNode,
): { readonly index: number; readonly shape: string; readonly isNull: string | undefined } {
  const index = source.fields.indexOf(node.name!)
  const shape = source.shape[index]!
  const column = `columns[${index}]`
  const isNull = source.field(index, () => {
    switch (shape) {
      case 'v':
        source.before(`const a${index} = ${column}.values`)
        return undefined
      case 'n':
        source.before(`const a${index} = ${column}.values, n${index} = ${column}.nulls`)
        return source.keep(`n${index}[i]`)
      case 'd':
        source.before(`const a${index} = ${column}.ids`)
        source.each(`const ${idName(index)} = a${index}[i]`)
        return source.keep(`${idName(index)} < 0 ? 1 : 0`)
      case 's':
        source.before(`const a${index} = ${column}.starts, e${index} = ${column}.ends, b${index} = ${column}.bytes`)
        return source.keep(`a${index}[i] < 0 ? 1 : 0`)
      default:
        source.before(`const a${index} = ${column}.values`)
        return source.keep(`a${index}[i] == null ? 1 : 0`)
    }
  })
  return { index, shape, isNull }
}

/** The value of a field in one row; a text as a string, empty where null. */
export function compileField(source: KernelSource, node: ExprNode): Code {
  const { index, shape, isNull } = declareField(source, node)
  switch (shape) {
    case 'p':
      return { value: source.keep(`${isNull} === 1 ? '' : a${index}[i]`), isNull }
    case 'd':
      return { value: source.keep(`${isNull} === 1 ? '' : ${source.constant(lookUp)}(columns[${index}], ${idName(index)})`), isNull }
    case 's':
      return { value: source.keep(`${isNull} === 1 ? '' : ${source.constant(decode)}(columns[${index}], i)`), isNull }
    default:
      return { value: source.keep(`a${index}[i]`), isNull }
  }
}
