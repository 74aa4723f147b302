import type { Batch } from '../model/batch.js'
import type { KeyedWindows } from './keyed-windows.js'

/** The first row after `from` whose time is not in `[start, end)`. */
export function endOfRun(times: Float64Array, from: number, length: number, start: number, end: number): number {
  let row = from + 1
  while (row < length && times[row]! >= start && times[row]! < end) row++
  return row
}

/** The rows that some window takes, and those that are late for all of their windows, if any. */
export function splitLate(batch: Batch, windows: KeyedWindows): { readonly taken: Batch; readonly late: Batch | undefined } {
  const { length, times } = batch
  const { grid } = windows
  let late: Int32Array | undefined
  let taken = new Int32Array(0)
  let lateCount = 0
  let takenCount = 0
  for (let from = 0, to = 0; from < length; from = to) {
    const pane = grid.paneOf(times[from]!)
    to = endOfRun(times, from, length, grid.paneStart(pane), grid.paneEnd(pane))
    const expired = windows.expired(pane)
    if (expired && !late) {
      late = new Int32Array(length)
      taken = Int32Array.from({ length }, (_, i) => i)
      takenCount = from
    }
    if (!late) continue
    for (let row = from; row < to; row++) {
      if (expired) late[lateCount++] = row
      else taken[takenCount++] = row
    }
  }
  if (!late) return { taken: batch, late: undefined }
  return { taken: batch.take(taken, takenCount), late: batch.take(late, lateCount) }
}
