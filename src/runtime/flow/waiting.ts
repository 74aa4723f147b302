import type { HeldPosition, OutputBatch, Position } from '../../connector/sink.js'
import { outputRows } from './output-rows.js'
import { rowsHeld } from './rows-held.js'

/** One output that waits for its sink. */
export interface Waiting {
  readonly outputs: OutputBatch
  readonly position: Position
  readonly bytes: number
}

/** The outputs that a sink holds whole, and what is left of the one behind them, if it holds a part of that. */
export function heldBy(
  held: HeldPosition | undefined,
  items: readonly Waiting[],
): { whole: readonly Waiting[]; rest: Waiting | undefined } {
  const rows = items.map(({ position, outputs }) => (held ? rowsHeld(position, outputs.length, held) : 0))
  const end = items.findIndex(({ outputs }, i) => rows[i]! < outputs.length)
  const [next, from] = [items[end], rows[end]]
  return { whole: end < 0 ? items : items.slice(0, end), rest: next && from ? beyond(next, from) : undefined }
}

/** Its bytes count until it is done with as a whole. */
const beyond = ({ outputs, position: { entry, ordinal }, bytes }: Waiting, rows: number): Waiting => ({
  outputs: outputRows(outputs, rows, outputs.length),
  position: { entry, ordinal: ordinal + rows },
  bytes,
})

/** The rows of all that wait from `from` on. */
export function rowsIn(items: readonly Waiting[], from = 0): number {
  let rows = 0
  for (let i = from; i < items.length; i++) rows += items[i]!.outputs.length
  return rows
}

/** The output at `from`, and those behind it as long as all together have `mostRows` at most. */
export function together(items: readonly Waiting[], from: number, mostRows: number): readonly Waiting[] {
  let end = from + 1
  for (let rows = items[from]!.outputs.length; end < items.length; end++) {
    rows += items[end]!.outputs.length
    if (rows > mostRows) break
  }
  return items.slice(from, end)
}
