import type { OutputBatch } from '../connector/sink.js'
import type { Graph } from '../job/graph.js'
import { Batch } from '../model/batch.js'
import { valueAt } from '../model/columns.js'
import type { Schema } from '../model/schema.js'
import { rowsToColumns } from '../operators/rows-to-columns.js'

/** One journal entry of a test: rows of one partition that arrived together, or a tick without rows. */
export interface TestEntry {
  readonly source?: string
  readonly rows?: readonly Readonly<Record<string, unknown>>[]
  /** Source partition; default 0. */
  readonly origin?: number
  /** Arrival on the wall clock, ms since the epoch. */
  readonly wall: number
  /** The stream clock, ms; default the wall clock. */
  readonly stream?: number
  /** The end of a bounded input. */
  readonly end?: boolean
}

/** A result as tests compare it. */
export type TestResult = Readonly<Record<string, unknown>>

/**
 * Pushes one entry into a graph in pieces that begin at the given rows, and gives what came out, in order.
 *
 * @example
 * const warm = job('warm', ({ read }) => [read('rows', rowsSource(S)).pipe(where(r => r.celsius.gt(20)), into(collectSink('warm')))])
 * const graph = warm.start({ bounded: true })
 * const entry = { wall: 0, rows: [{ celsius: 19 }, { celsius: 21 }] }
 * pushEntry(graph, new Map([['rows', S]]), entry, 1, [1]) // [{ result: 'warm', celsius: 21 }]
 */
export function pushEntry(
  graph: Graph,
  schemas: ReadonlyMap<string, Schema<unknown>>,
  entry: TestEntry,
  number: number,
  cuts: readonly number[],
): readonly TestResult[] {
  const source = entry.source ?? graph.sources[0]!.id
  const rows = entry.rows ?? []
  const stream = entry.stream ?? entry.wall
  const clock = { wall: entry.wall, stream, partition: stream, frozen: false }
  graph.begin(number)
  const bounds = [0, ...cuts.filter(cut => cut > 0 && cut < rows.length), rows.length]
  const pieces = rows.length === 0 ? 1 : bounds.length - 1
  for (let i = 0; i < pieces; i++) {
    const piece = rows.slice(bounds[i], bounds[i + 1])
    const last = i === pieces - 1
    graph.push(
      source,
      new Batch({
        length: piece.length,
        columns: rowsToColumns(piece, schemas.get(source)!.fields),
        times: new Float64Array(piece.length).fill(entry.wall),
        origin: entry.origin ?? 0,
        watermark: entry.end && last ? Number.POSITIVE_INFINITY : entry.wall - 1,
        clock,
        messages: Int32Array.from(piece, (_, j) => bounds[i]! + j),
      }),
    )
  }
  const { outputs, rejections } = graph.end()
  return [...outputs.flatMap(resultsOf), ...rejections.map(({ node, code, message }) => ({ rejected: node, code, message }))]
}

function resultsOf(output: OutputBatch): TestResult[] {
  return Array.from({ length: output.length }, (_, i) => {
    const row: Record<string, unknown> = { result: output.sink }
    for (const { name } of output.schema) row[name] = valueAt(output.columns[name]!, i)
    if (output.removed?.[i]) row['removed'] = true
    return row
  })
}
