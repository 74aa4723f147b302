import { outputRow } from '../../src/connector/output-row.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { ColumnInfo } from '../../src/model/value-type.js'

/** Lines under one header, so that it is still on the screen. */
const linesPerHeader = 30
const widestCell = 40
const gap = '  '

/** What the terminal is. */
export interface Terminal {
  /** Characters a line; undefined: any number. */
  readonly width: number | undefined
  readonly colour: boolean
}

/** Rows as an aligned table that grows downwards: the header comes again when a screen was filled or a column grew. */
export class ConsoleTable {
  readonly #title: string
  #widths: number[] = []
  #names = ''
  #left = 0

  /** @param title stands above each header */
  constructor(title: string) {
    this.#title = title
  }

  /** The lines of some rows of a batch. `afresh`: something else was printed since, so they need their header. */
  lines(outputs: OutputBatch, rows: readonly number[], terminal: Terminal, afresh: boolean): string {
    const { schema } = outputs
    const heads = schema.map(({ name, unit }) => (unit ? `${name} ${unit}` : name))
    const names = heads.join('\n')
    if (names !== this.#names) this.#widths = heads.map(head => widthOf(head))
    const cells = rows.map(row => cellsOf(outputs, row))
    const grown = this.#grow(cells.map(({ texts }) => texts))
    if (afresh || grown || names !== this.#names) this.#left = 0
    this.#names = names
    const { colour, width = Number.POSITIVE_INFINITY } = terminal
    const dim = (text: string): string => (colour ? `\u001B[2m${text}\u001B[22m` : text)
    let text = ''
    for (const { texts, removed } of cells) {
      if (this.#left === 0) {
        text += `${dim(cut(this.#title, width))}\n${dim(cut(this.#aligned(heads, schema), width))}\n`
        this.#left = linesPerHeader
      }
      const line = cut(this.#aligned(texts, schema) + (removed ? `${gap}removed` : ''), width)
      text += `${removed ? dim(line) : line}\n`
      this.#left--
    }
    return text
  }

  #grow(cells: readonly (readonly string[])[]): boolean {
    const wanted = this.#widths.map((width, i) => cells.reduce((most, texts) => Math.max(most, widthOf(texts[i]!)), width))
    const grown = wanted.some((width, i) => width > this.#widths[i]!)
    this.#widths = wanted
    return grown
  }

  #aligned(texts: readonly string[], schema: readonly ColumnInfo[]): string {
    return texts
      .map((text, i) => {
        const fill = ' '.repeat(Math.max(0, this.#widths[i]! - widthOf(text)))
        return isNumeric(schema[i]!) ? fill + text : text + fill
      })
      .join(gap)
      .trimEnd()
  }
}

const isNumeric = ({ type }: ColumnInfo): boolean => type === 'number' || type === 'integer'

function cellsOf(outputs: OutputBatch, row: number): { readonly texts: readonly string[]; readonly removed: boolean } {
  const fields = outputRow(outputs, row)
  return { texts: outputs.schema.map(({ name }) => cellText(fields[name])), removed: outputs.removed?.[row] === 1 }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  // Six digits are what a person compares at a glance.
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // What a device calls itself must not move the cursor.
  return cut(text.replace(/\p{Cc}/gu, '·'), widestCell)
}

const widthOf = (text: string): number => [...text].length

const cut = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`
