const up = 1
const down = 2
const left = 4
const right = 8

/** Box-drawing characters by the directions that leave a cell. */
const lines = [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼']

/** A growing page of characters on which lines join by themselves. */
export class CharacterGrid {
  readonly #lines: number[][] = []
  readonly #texts: string[][] = []

  #join(x: number, y: number, directions: number): void {
    while (this.#lines.length <= y) this.#lines.push([])
    const row = this.#lines[y]!
    row[x] = (row[x] ?? 0) | directions
  }

  /** A vertical line from row `from` to row `to`, both included. */
  vertical(x: number, from: number, to: number): void {
    for (let y = from; y <= to; y++) this.#join(x, y, (y > from ? up : 0) | (y < to ? down : 0))
  }

  /** A horizontal line between two columns, both included. */
  horizontal(y: number, from: number, to: number): void {
    for (let x = from; x <= to; x++) this.#join(x, y, (x > from ? left : 0) | (x < to ? right : 0))
  }

  /** The frame of a box. */
  box(x: number, y: number, width: number, height: number): void {
    this.horizontal(y, x, x + width - 1)
    this.horizontal(y + height - 1, x, x + width - 1)
    this.vertical(x, y, y + height - 1)
    this.vertical(x + width - 1, y, y + height - 1)
  }

  /** Text over whatever is there. */
  write(x: number, y: number, text: string): void {
    while (this.#texts.length <= y) this.#texts.push([])
    const row = this.#texts[y]!
    Array.from(text).forEach((character, i) => {
      row[x + i] = character
    })
  }

  /** True where nothing is drawn on `length` cells. */
  isFree(x: number, y: number, length: number): boolean {
    for (let i = x; i < x + length; i++) if (this.#lines[y]?.[i] || this.#texts[y]?.[i]) return false
    return true
  }

  toString(): string {
    const rows: string[] = []
    for (let y = 0; y < Math.max(this.#lines.length, this.#texts.length); y++) {
      const width = Math.max(this.#lines[y]?.length ?? 0, this.#texts[y]?.length ?? 0)
      const cells = Array.from({ length: width }, (_, x) => this.#texts[y]?.[x] ?? lines[this.#lines[y]?.[x] ?? 0]!)
      rows.push(cells.join('').trimEnd())
    }
    return `${rows.join('\n')}\n`
  }
}
