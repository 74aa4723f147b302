import type { BooleanColumn, Column, NumberColumn } from '../model/columns.js'

/** The same cells with room for `length`, new ones filled. */
export function grownCells(cells: Float64Array, length: number, fill = 0): Float64Array {
  if (length <= cells.length) return cells
  const grown = new Float64Array(length)
  grown.set(cells)
  if (fill !== 0) grown.fill(fill, cells.length)
  return grown
}

/** The cells of some slots, or of slots 0 … count − 1, `stride` a slot, one after another. */
export function savedCells(cells: Float64Array, stride: number, slots: Int32Array | undefined, count: number): Float64Array {
  if (!slots) return cells.slice(0, count * stride)
  const saved = new Float64Array(count * stride)
  for (let i = 0; i < count; i++) for (let j = 0; j < stride; j++) saved[i * stride + j] = cells[slots[i]! * stride + j]!
  return saved
}

/** The inverse of `savedCells`. */
export function restoredCells(
  cells: Float64Array,
  saved: Float64Array,
  stride: number,
  slots: Int32Array | undefined,
  count: number,
): void {
  if (!slots) cells.set(saved)
  else for (let i = 0; i < count; i++) for (let j = 0; j < stride; j++) cells[slots[i]! * stride + j] = saved[i * stride + j]!
}

/** Sets all cells of some slots. */
export function filledCells(cells: Float64Array, stride: number, slots: Int32Array, count: number, fill = 0): void {
  for (let i = 0; i < count; i++) {
    const at = slots[i]! * stride
    for (let j = 0; j < stride; j++) cells[at + j] = fill
  }
}

/** Bound aggregates read numbers only where tracing said number, integer, timestamp or boolean. */
export const numbersOf = (input: Column | undefined): NumberColumn | BooleanColumn => input as NumberColumn | BooleanColumn

/** A result column in the making: numbers, some of them null. */
export class NumberResults {
  readonly values: Float64Array
  #nulls: Uint8Array | undefined

  constructor(count: number) {
    this.values = new Float64Array(count)
  }

  setNull(i: number): void {
    this.#nulls ??= new Uint8Array(this.values.length)
    this.#nulls[i] = 1
  }

  column(): NumberColumn {
    return { type: 'number', values: this.values, nulls: this.#nulls }
  }
}
