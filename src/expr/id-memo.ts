const lastGeneration = 2 ** 30 - 1

/**
 * Remembers the outcome of a test of texts by dictionary id, for one call: between calls a dictionary may give an id to
 * another text, so each call begins a new generation. A cell holds generation · 2 + outcome.
 */
export class IdMemo {
  cells = new Int32Array(64)
  generation = 0

  /** Forgets everything and makes room for ids below `size`; gives the cells. */
  begin(size: number): Int32Array {
    if (this.cells.length < size) {
      this.cells = new Int32Array(Math.max(size, this.cells.length * 2))
      this.generation = 0
    } else if (this.generation === lastGeneration) {
      this.cells.fill(0)
      this.generation = 0
    }
    this.generation++
    return this.cells
  }
}
