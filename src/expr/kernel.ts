import type { Clock } from '../model/clock.js'
import type { Column } from '../model/columns.js'
import type { ExprNode } from './node.js'

/** A number, boolean or text of one row in generated code: two pieces of JavaScript, cheap to repeat. */
export interface Code {
  /** Any value of the type where null. Booleans are 0 and 1, texts strings. */
  readonly value: string
  /** 0 or 1; undefined where it is never null. */
  readonly isNull: string | undefined
}

/** The arrays that a loop fills. */
export type Output = Float64Array | Uint8Array | Int32Array | (string | null)[]

/** A generated loop: over `length` rows, into `output` and `nulls`. Gives a count: of rows found, or of nulls written. */
export type Kernel = (
  columns: readonly Column[],
  times: Float64Array,
  clock: Clock,
  length: number,
  output: Output,
  nulls: Uint8Array,
) => number

/**
 * The source of one generated loop under construction. Only names that we choose enter the text; values, functions and
 * the job's own names are bound as constants.
 */
export class KernelSource {
  readonly #constants: unknown[] = []
  readonly #head: string[] = []
  readonly #body: string[] = []
  readonly #known = new Map<ExprNode, Code>()
  /** The null flag of each field that the loop reads already. */
  readonly #flags = new Map<number, string | undefined>()
  #time: string | undefined
  readonly fields: readonly string[]
  /** One letter a field: how its column looks in this batch. */
  readonly shape: string

  constructor(fields: readonly string[], shape: string) {
    this.fields = fields
    this.shape = shape
  }

  /** Binds a value and gives its name. */
  constant(value: unknown): string {
    this.#constants.push(value)
    return `k${this.#constants.length - 1}`
  }

  /** A statement before the loop. */
  before(statement: string): void {
    this.#head.push(statement)
  }

  /** A statement in the loop. */
  each(statement: string): void {
    this.#body.push(statement)
  }

  /** Keeps an expression of the loop in a variable. */
  keep(expression: string): string {
    const name = `v${this.#body.length}`
    this.#body.push(`const ${name} = ${expression}`)
    return name
  }

  /** The code of a node, generated once. */
  once(node: ExprNode, make: () => Code): Code {
    const known = this.#known.get(node)
    if (known) return known
    const code = make()
    this.#known.set(node, code)
    return code
  }

  /** Declares a field once, and gives its null flag. */
  field(index: number, declare: () => string | undefined): string | undefined {
    if (!this.#flags.has(index)) this.#flags.set(index, declare())
    return this.#flags.get(index)
  }

  /** The time at which the row is handled: its event time where the clock stands still. */
  now(): string {
    if (this.#time === undefined) {
      this.before('const frozen = clock.frozen, wall = clock.wall')
      this.#time = this.keep('frozen ? times[i] : wall')
    }
    return this.#time
  }

  /** Compiles the loop; `result` is what it gives at the end. */
  build(declared: string, result: string): Kernel {
    const names = this.#constants.map((_, i) => `k${i}`)
    const text = `'use strict'
const [${names.join(', ')}] = constants
return (columns, times, clock, length, output, nulls) => {
  ${[declared, ...this.#head].join('\n  ')}
  for (let i = 0; i < length; i++) {
    ${this.#body.join('\n    ')}
  }
  return ${result}
}`
    return new Function('constants', text)(this.#constants) as Kernel
  }
}
