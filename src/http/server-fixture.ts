import type { OutputBatch } from '../connector/sink.js'
import type { DeadLetter, JobSummary } from '../model/api.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { Host } from '../runtime/host.js'
import type { View } from '../views/view.js'
import { createViewRegistry } from '../views/view-registry.js'

export const start = Date.UTC(2026, 0, 15, 12)
export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} }

const climate: readonly ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: false },
  { name: 'mean', type: 'number', nullable: true, unit: '°C' },
  { name: 'window_start', type: 'timestamp', nullable: false },
  { name: 'window_end', type: 'timestamp', nullable: false },
  { name: 'final', type: 'boolean', nullable: false },
  { name: 'revision', type: 'integer', nullable: false },
]

export interface ClimateRow {
  readonly room: string
  readonly mean: number | null
  readonly minute: number
  readonly final?: boolean
  readonly revision?: number
  readonly removed?: boolean
}

/** One-minute windows from `start` on, as the outbox hands them to a view. */
export function climateOutputs(rows: readonly ClimateRow[], watermark = start): OutputBatch {
  const ends = rows.map(row => start + (row.minute + 1) * 60_000)
  const texts = rows.map(row => `climate/${row.room}/${row.minute}`)
  const numbers = (values: number[]) => ({ type: 'number' as const, values: Float64Array.from(values), nulls: undefined })
  return {
    sink: 'climate',
    length: rows.length,
    schema: climate,
    columns: {
      room: { type: 'text', form: 'plain', values: rows.map(row => row.room) },
      mean: { ...numbers(rows.map(row => row.mean ?? 0)), nulls: Uint8Array.from(rows, row => (row.mean === null ? 1 : 0)) },
      window_start: numbers(ends.map(end => end - 60_000)),
      window_end: numbers(ends),
      final: { type: 'boolean', values: Uint8Array.from(rows, row => (row.final === false ? 0 : 1)), nulls: undefined },
      revision: numbers(rows.map(row => row.revision ?? 0)),
    },
    computed: {},
    ids: texts,
    keys: texts,
    removed: rows.some(row => row.removed) ? Uint8Array.from(rows, row => (row.removed ? 1 : 0)) : undefined,
    wall: start,
    watermark,
  }
}

export interface FixtureHost extends Host {
  readonly letters: DeadLetter[]
  ready: boolean
  openClimate(job: string, id?: string): View
}

/** A host with real views and made-up jobs. */
export function fixtureHost(time: TimeSource): FixtureHost {
  const registry = createViewRegistry()
  const jobs: string[] = []
  const summary = (id: string): JobSummary => ({
    id,
    state: 'running',
    now: time.wall(),
    derived: false,
    guarantee: { level: 'none', label: 'no guarantee over a crash', why: ['no journal'] },
    rate: 0,
    behind: null,
    counts: { received: 0, counted: 0, late: 0, duplicate: 0, deadLettered: 0, skipped: 0, waiting: 0, results: 0 },
    attention: [],
  })
  return {
    letters: [],
    ready: true,
    openClimate(job, id = 'climate') {
      if (!jobs.includes(job)) jobs.push(job)
      const window = { size: 60_000, every: 60_000 }
      return registry.open(job, { id, spec: { params: {} }, schema: climate, windowed: true, keyColumns: ['room'], window }).view
    },
    jobs: () => jobs.map(summary),
    graph: job => (jobs.includes(job) ? { job, nodes: [], edges: [], mermaid: 'flowchart LR' } : undefined),
    views: () => registry.views(),
    deadLetters(filter) {
      const fits = (name: 'job' | 'source' | 'code', letter: DeadLetter) => filter[name] === undefined || letter[name] === filter[name]
      return this.letters.filter(l => fits('job', l) && fits('source', l) && fits('code', l)).slice(0, filter.limit)
    },
    retryDeadLetter: async () => undefined,
    lateRows: job => (jobs.includes(job) ? [] : undefined),
    tap: job => (jobs.includes(job) ? () => undefined : undefined),
    deadLetterBytes: id => (id === '7-0' ? Uint8Array.from([0, 255, 10]) : undefined),
    readiness() {
      return this.ready ? { ready: true, reasons: [] } : { ready: false, reasons: ['readings waits for the broker'] }
    },
    metrics: async () => '# TYPE millrace_rows_total counter\nmillrace_rows_total 1\n',
  }
}
