import type { Batch } from '../model/batch.js'
import type { Column } from '../model/columns.js'
import { columnShape } from './compile-field.js'
import { fieldsUsed } from './fields-used.js'
import { type Kernel, KernelSource } from './kernel.js'
import type { ExprNode } from './node.js'

/**
 * The generated loops of one expression, one for each shape of columns that it meets: null masks present or not, text
 * forms. Shapes hardly vary within a job, so this holds few.
 */
export class Kernels {
  readonly #fields: readonly string[]
  readonly #generate: (source: KernelSource) => Kernel
  readonly #known = new Map<string, Kernel>()
  readonly #columns: Column[] = []

  constructor(node: ExprNode, generate: (source: KernelSource) => Kernel) {
    this.#fields = [...fieldsUsed([node])]
    this.#generate = generate
  }

  /** The columns that the expression reads, in the order of its loops; valid until the next call. */
  columns(batch: Batch): readonly Column[] {
    for (let i = 0; i < this.#fields.length; i++) {
      const column = batch.columns[this.#fields[i]!]
      if (!column) throw new TypeError(`the batch has no column '${this.#fields[i]}'`)
      this.#columns[i] = column
    }
    return this.#columns
  }

  /** The loop for columns of this shape, generated at the first need. */
  for(columns: readonly Column[]): Kernel {
    let shape = ''
    for (const column of columns) shape += columnShape(column)
    const known = this.#known.get(shape)
    if (known) return known
    const made = this.#generate(new KernelSource(this.#fields, shape))
    this.#known.set(shape, made)
    return made
  }
}
