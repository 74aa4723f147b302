import { isDeepStrictEqual } from 'node:util'
import type { OutputBatch } from '../connector/sink.js'
import type { GraphSink, Job } from '../job/graph.js'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { LateRow } from '../model/late-row.js'
import { nearest } from '../model/nearest.js'
import type { Schema } from '../model/schema.js'
import type { Plan } from '../plan/plan.js'
import { lateRows } from '../runtime/letters/late-rows.js'
import type { JobCounts } from '../runtime/status/job-counts.js'
import type { View } from '../views/view.js'
import { createViewRegistry } from '../views/view-registry.js'
import { type Batches, cutRows } from './cut-rows.js'
import { type TestOutput, type TestRow, type TestValue, testOutputs } from './test-row.js'
import { type TestLetter, TestRun } from './test-run.js'
import { TestSource } from './test-source.js'
import { type TestTime, timeOf } from './test-time.js'

/** How `testJob` runs a job. */
export interface TestJobOptions {
  /** The clock at the start; default 2024-01-01T00:00:00Z. */
  readonly now?: TestTime
  /** `every-step`: a new process takes over from a snapshot before each step. Results must not depend on it. */
  readonly restore?: 'never' | 'every-step'
  /** How rows that arrive together are cut into batches. Results must not depend on it. */
  readonly batches?: Batches
  /** Chooses the random cuts; equal seeds, equal cuts. Default 1. */
  readonly seed?: number
}

/**
 * Runs a job on virtual time: rows or messages in, results out, everything at once and in order. Nothing is opened, and
 * nothing waits.
 *
 * @throws what the job file does wrong (MR1xx); MR410 and others when an operator fails.
 * @example
 * const climate = job('climate', ({ read }) => [
 *   read('readings', rowsSource(S)).pipe(aggregate('peaks', { over: tumbling('1m') }, { peak: max(r => r.celsius) }), into(view('peaks'))),
 * ])
 * const test = testJob(climate)
 * test.source('readings', S).send([{ celsius: 30 }, { celsius: 21 }])
 * test.advance('2m')
 * expectRows(test.rows('peaks'), [{ peak: 30, window_end: '2024-01-01T00:01:00Z' }])
 */
export const testJob = (job: Job, options: TestJobOptions = {}): JobTest => new JobTest(job, options)

/** A job under test. */
export class JobTest {
  /** What did not get through, in order. */
  readonly deadLetters: TestLetter[] = []
  /** Rows that no window took, in order: which window each missed, and by how much. */
  readonly late: LateRow[] = []
  readonly #run: TestRun
  readonly #restores: boolean
  readonly #outputs = new Map<string, TestOutput[]>()
  readonly #taken = new Map<string, number>()
  #views: ReadonlyMap<string, View>
  #steps = 0
  #ended = false

  constructor(job: Job, { now = '2024-01-01T00:00:00Z', restore = 'never', batches = 'whole', seed = 1 }: TestJobOptions) {
    this.#restores = restore === 'every-step'
    this.#views = new Map()
    this.#run = new TestRun(job, timeOf(now, '`now`'), cutRows(batches, seed), {
      outputs: batch => this.#take(batch),
      letter: letter => void this.deadLetters.push(letter),
      late: row => void this.late.push({ job: job.id, ...row }),
    })
    for (const { id } of this.#run.graph.sinks) this.#outputs.set(id, [])
    this.#views = this.#openViews()
  }

  /** The clock, ms since the epoch. */
  get now(): number {
    return this.#run.now
  }

  get plan(): Plan {
    return this.#run.graph.plan
  }

  /** Messages and rows received, results, duplicates, dead letters, since the start. */
  get counts(): Readonly<JobCounts> {
    return { ...this.#run.counts, late: lateRows(this.#run.graph) }
  }

  /**
   * A source by the id given to `read(…)`; with its schema its rows are typed.
   *
   * @throws MR196 where the job has no such source, MR195 where the schema is another one.
   */
  source<T = TestRow>(id: string, schema?: Schema<T>): TestSource<T> {
    const { sources } = this.#run.graph
    const found = sources.find(source => source.id === id)
    if (!found)
      throw this.#unknown(
        'source',
        id,
        sources.map(source => source.id),
      )
    const own = found.spec.decoder.schema
    if (schema && !isDeepStrictEqual(schema.fields, own.fields)) {
      throw new MillraceError('MR195', `source '${id}' has another schema: its fields are ${Object.keys(own.fields).join(', ')}`)
    }
    return new TestSource<T>(id, own, {
      step: (at, push) => {
        if (at !== undefined) this.advanceTo(at)
        this.#step(() => push(this.#run))
      },
    })
  }

  /** Lets time pass; windows close, early results and timers come in their turn. */
  advance(duration: Duration): void {
    this.advanceTo(this.now + durationMs(duration))
  }

  /** @throws MR197 where it lies in the past: a job's clock never goes back. */
  advanceTo(time: TestTime): void {
    const at = timeOf(time, 'advanceTo')
    if (at < this.now) {
      throw new MillraceError(
        'MR197',
        `the clock stands at ${new Date(this.now).toISOString()}, which is after ${new Date(at).toISOString()}`,
      )
    }
    if (at > this.now) this.#step(() => this.#run.advance(at))
  }

  /** The end of all sources, as of files: every window closes. Nothing can be sent afterwards. */
  finish(): void {
    this.#step(() => this.#run.time(Number.POSITIVE_INFINITY))
    this.#ended = true
  }

  /** A new process takes over from a snapshot, as after a restart or a crash. */
  restart(): void {
    this.#run.restart()
    const old = this.#views
    this.#views = this.#openViews()
    for (const [id, view] of this.#views) view.restore(old.get(id)!.snapshot())
  }

  /**
   * Rows of a view as it shows them now, by window end and key; of a sink all that it was given, in order.
   *
   * @throws MR196 where the job has no such view or sink.
   */
  rows<Row extends object = TestRow>(id: string): Row[] {
    const outputs = this.outputs<Row>(id)
    const view = this.#views.get(id)
    if (!view) return outputs.map(({ row }) => row)
    const { columns, rows } = view.query({})
    return Array.from(rows, values => Object.fromEntries(columns.map((name, i) => [name, values[i] as TestValue])) as Row)
  }

  /** Everything that was written to a view or sink, in order, with ids, computed values and removals. */
  outputs<Row extends object = TestRow>(id: string): readonly TestOutput<Row>[] {
    const outputs = this.#outputs.get(id)
    if (!outputs) throw this.#unknown('view or sink', id, [...this.#outputs.keys()])
    return outputs as unknown as readonly TestOutput<Row>[]
  }

  /** What was written since the last `take` of the same view or sink. */
  take<Row extends object = TestRow>(id: string): readonly TestOutput<Row>[] {
    const outputs = this.outputs<Row>(id)
    const from = this.#taken.get(id) ?? 0
    this.#taken.set(id, outputs.length)
    return outputs.slice(from)
  }

  #step(push: () => void): void {
    if (this.#ended) throw new MillraceError('MR198', 'the test has called finish(): its sources have ended')
    if (this.#restores && this.#steps > 0) this.restart()
    this.#steps++
    push()
  }

  #take(batch: OutputBatch): void {
    const outputs = this.#outputs.get(batch.sink)
    for (const output of testOutputs(batch)) outputs?.push(output)
    this.#views.get(batch.sink)?.apply(batch)
  }

  #openViews(): ReadonlyMap<string, View> {
    const registry = createViewRegistry()
    const isView = ({ spec }: GraphSink): boolean => spec.kind === 'view' && spec.connector === 'view'
    const { job, sinks } = this.#run.graph
    return new Map(sinks.filter(isView).map(sink => [sink.id, registry.open(job, sink).view]))
  }

  #unknown(what: string, id: string, known: readonly string[]): MillraceError {
    const near = nearest(id, known)
    return new MillraceError('MR196', `the job '${this.#run.job.id}' has no ${what} '${id}'`, {
      hint: near === undefined ? `it has ${known.join(', ')}` : `did you mean '${near}'?`,
    })
  }
}
