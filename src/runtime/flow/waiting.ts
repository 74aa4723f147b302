import type { OutputBatch, Position } from '../../connector/sink.js'

/** One output that waits for its sink. */
export interface Waiting {
  readonly outputs: OutputBatch
  readonly position: Position
  readonly bytes: number
}

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
