import type { OutputBatch } from '../connector/sink.js'
import type { Columns } from '../model/columns.js'
import { concatColumn } from '../model/concat-column.js'

/**
 * The outputs of an entry, those of each sink that `isJoined` names as one batch. Where rows have no window they leave an entry as its
 * batches were cut, and the places of outputs must not tell: a recovery cuts elsewhere, and what a sink holds is known by
 * the first row of a batch. Batches of windows are one a window, however entries are cut.
 */
export function joinOutputs(outputs: readonly OutputBatch[], isJoined: (sink: string) => boolean): readonly OutputBatch[] {
  const parts = new Map<string, OutputBatch[]>()
  for (const output of outputs) {
    if (!isJoined(output.sink)) continue
    const former = parts.get(output.sink)
    if (former) former.push(output)
    else parts.set(output.sink, [output])
  }
  if ([...parts.values()].every(({ length }) => length === 1)) return outputs
  return outputs.flatMap(output => {
    const own = parts.get(output.sink)
    if (!own || own.length === 1) return [output]
    return own[0] === output ? [joined(own)] : []
  })
}

function joined(batches: readonly OutputBatch[]): OutputBatch {
  const last = batches.at(-1)!
  return {
    ...last,
    length: batches.reduce((sum, { length }) => sum + length, 0),
    columns: joinedColumns(batches, ({ columns }) => columns),
    computed: joinedColumns(batches, ({ computed }) => computed),
    ids: batches.flatMap(({ ids }) => ids),
    keys: batches.flatMap(({ keys }) => keys),
    removed: joinedMarks(batches),
  }
}

function joinedColumns(batches: readonly OutputBatch[], of: (batch: OutputBatch) => Columns): Columns {
  const names = Object.keys(of(batches[0]!))
  return Object.fromEntries(
    names.map(name => [name, concatColumn(batches.map(batch => ({ column: of(batch)[name]!, length: batch.length })))]),
  )
}

function joinedMarks(batches: readonly OutputBatch[]): Uint8Array | undefined {
  return batches.every(({ removed }) => !removed)
    ? undefined
    : Uint8Array.from(batches.flatMap(({ removed, length }) => Array.from({ length }, (_, i) => removed?.[i] ?? 0)))
}
