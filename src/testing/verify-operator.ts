import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import type { Graph } from '../job/graph.js'
import { job } from '../job/job.js'
import type { Schema } from '../model/schema.js'
import type { State } from '../model/state.js'
import { into } from '../operators/into.js'
import type { Stream } from '../operators/stream.js'
import { collectSink } from './collect-sink.js'
import { type CutRows, cutRows } from './cut-rows.js'
import { rowsSource } from './rows-source.js'
import { pushEntry, type TestEntry, type TestResult } from './run-entries.js'

/** Rows, in entries, and the operators that they go through. */
export interface OperatorCase<T, U> {
  readonly schema: Schema<T>
  readonly entries: readonly TestEntry[]
  /** What is under test, from the source's stream to its results. */
  readonly pipeline: (rows: Stream<T>) => Stream<U>
  /** Views get provisional rows and removals too; default. */
  readonly as?: 'view' | 'sink'
  /** Chooses the random cuts; equal seeds, equal cuts. */
  readonly seed?: number
}

/**
 * Runs a case with batches of one entry, of one row, and at random cuts, and each with snapshot and restore into a fresh
 * run between any two entries. Gives the results, in order.
 *
 * @throws Error when two of these runs differ, with the seed.
 * @example
 * const results = verifyOperator({ schema: Reading, entries: [{ wall: 0, rows: [{ room: 'a', celsius: 20 }] }], pipeline: s => s.pipe(where(r => r.celsius.gt(0))) })
 */
export function verifyOperator<T, U>(test: OperatorCase<T, U>): readonly TestResult[] {
  const seed = test.seed ?? 1
  const expected = run(test, () => [], false)
  const random = cutRows('random cuts', seed)
  const ways: readonly (readonly [string, CutRows, boolean])[] = [
    ['batches of one row', cutRows('single rows', seed), false],
    ['random cuts', random, false],
    ['snapshot and restore between entries', cutRows('whole', seed), true],
    ['random cuts, snapshot and restore between entries', random, true],
  ]
  for (const [name, cuts, restored] of ways) {
    const results = run(test, cuts, restored)
    if (isDeepStrictEqual(results, expected)) continue
    const at = expected.findIndex((result, i) => !isDeepStrictEqual(result, results[i]))
    const index = at < 0 ? expected.length : at
    throw new Error(
      `results depend on ${name} (seed ${seed}), first at ${index}: ${JSON.stringify(results[index])} instead of ${JSON.stringify(expected[index])}`,
    )
  }
  return expected
}

function run<T, U>(test: OperatorCase<T, U>, cuts: CutRows, restored: boolean): readonly TestResult[] {
  const schemas = new Map([['rows', test.schema as Schema<unknown>]])
  const built = job('verify', ({ read }) => [test.pipeline(read('rows', rowsSource(test.schema))).pipe(into(collectSink('out', test.as)))])
  let graph: Graph = built.start({ bounded: false })
  const results: TestResult[] = []
  test.entries.forEach((entry, number) => {
    if (restored && number > 0) {
      const state: State = deserialize(serialize(graph.snapshot())) as State
      graph = built.start({ bounded: false })
      graph.restore(state)
    }
    results.push(...pushEntry(graph, schemas, entry, number, cuts(entry.rows?.length ?? 0)))
  })
  return results
}
