import { Counter, Gauge, Registry } from 'prom-client'
import type { JobSummary, JournalSummary } from '../../model/api.js'
import type { JobRunner } from '../job-runner.js'
import type { JobStore } from '../recovery/job-store.js'
import type { JobStatus } from './job-status.js'
import { journalSummaryOf } from './journal-summary.js'

/** One number, with its labels beside the job's. */
type Reading = readonly [value: number, labels?: Readonly<Record<string, string>>]

/** What a job tells of itself when it is asked. */
interface Told {
  readonly runner: JobRunner
  readonly summary: () => JobSummary
}

interface Metric {
  readonly kind: typeof Counter | typeof Gauge
  readonly name: string
  readonly help: string
  /** Beside `job`. */
  readonly labels?: readonly string[]
  readonly read: (told: Told) => readonly Reading[]
}

const outcomes = ['counted', 'late', 'duplicate', 'deadLettered', 'skipped'] as const

const flag = (set: boolean): number => (set ? 1 : 0)

/** Of a job that keeps its state. */
const ofStore =
  (read: (store: JobStore) => number): Metric['read'] =>
  ({ runner }) =>
    runner.store ? [[read(runner.store)]] : []

/** As the status tells it, so that page and metrics agree. */
const ofJournal =
  (read: (journal: JournalSummary) => number): Metric['read'] =>
  ({ runner: { store, memory } }) =>
    store ? [[read(journalSummaryOf(store, memory.entry))]] : []

const metrics: readonly Metric[] = [
  {
    kind: Counter,
    name: 'millrace_messages_total',
    help: 'Messages received, by what became of them.',
    labels: ['outcome'],
    read: ({ summary }) => {
      const { counts } = summary()
      return outcomes.map(outcome => [counts[outcome], { outcome }])
    },
  },
  {
    kind: Counter,
    name: 'millrace_ids_reused_total',
    help: 'Messages with the id of an earlier one and another content: processed, not dropped as duplicates.',
    read: ({ summary }) => [[summary().counts.idReused ?? 0]],
  },
  {
    kind: Counter,
    name: 'millrace_results_total',
    help: 'Rows sent to views and sinks.',
    read: ({ summary }) => [[summary().counts.results]],
  },
  {
    kind: Gauge,
    name: 'millrace_behind_seconds',
    help: "The job's clock minus the newest watermark of its results.",
    read: ({ summary }) => {
      const { behind } = summary()
      return behind === null ? [] : [[behind / 1000]]
    },
  },
  {
    kind: Gauge,
    name: 'millrace_job_up',
    help: '1 while the job runs.',
    labels: ['state'],
    read: ({ summary }) => {
      const { state } = summary()
      return [[flag(state === 'running' || state === 'waiting'), { state }]]
    },
  },
  {
    kind: Counter,
    name: 'millrace_node_rows_total',
    help: 'Rows that went into and out of each node of the graph.',
    labels: ['node', 'direction'],
    read: ({ runner }) =>
      [...runner.graph.metrics()].flatMap(([node, { rowsIn, rowsOut }]): Reading[] => [
        [rowsIn, { node, direction: 'in' }],
        [rowsOut, { node, direction: 'out' }],
      ]),
  },
  {
    kind: Gauge,
    name: 'millrace_outbox_bytes',
    help: 'Memory of outputs that wait for their sinks, and its bound.',
    labels: ['kind'],
    read: ({ runner: { outbox } }) => [
      [outbox.bytes, { kind: 'used' }],
      [outbox.maxBytes, { kind: 'bound' }],
    ],
  },
  {
    kind: Gauge,
    name: 'millrace_source_connected',
    help: '1 while the source is connected.',
    labels: ['source'],
    read: ({ runner }) => runner.feeds.map(feed => [flag(feed.status().connected), { source: feed.source.id }]),
  },
  {
    kind: Counter,
    name: 'millrace_source_losses_total',
    help: 'Times that the peer of the source lost what it kept for the job, such as a session.',
    labels: ['source'],
    read: ({ runner }) =>
      runner.feeds.flatMap((feed): Reading[] => {
        const { lost } = feed.status()
        return lost ? [[lost.times, { source: feed.source.id }]] : []
      }),
  },
  {
    kind: Gauge,
    name: 'millrace_sink_pending_rows',
    help: 'Rows that wait for their sink.',
    labels: ['sink'],
    read: ({ runner }) => [...runner.outbox.lanes].map(([sink, lane]) => [lane.pendingRows, { sink }]),
  },
  {
    kind: Gauge,
    name: 'millrace_dead_letters_failing',
    help: '1 while dead letters cannot be stored and the sources wait.',
    read: ({ runner }) => [[flag(runner.deadLetters.failing !== undefined)]],
  },
  {
    kind: Counter,
    name: 'millrace_restarts_total',
    help: 'Restarts after errors.',
    read: ({ runner }) => [[runner.restarts]],
  },
  {
    kind: Gauge,
    name: 'millrace_journal_bytes',
    help: 'Size of the journal on disk.',
    read: ofJournal(journal => journal.bytes),
  },
  {
    kind: Gauge,
    name: 'millrace_journal_unsynced_entries',
    help: 'Entries that went through the graph and are not on the disk yet.',
    read: ofJournal(journal => journal.unsynced),
  },
  {
    kind: Gauge,
    name: 'millrace_journal_failing',
    help: '1 while the journal cannot be written and the sources wait.',
    read: ofStore(({ durability }) => flag(durability.journal.failing !== undefined)),
  },
  {
    kind: Gauge,
    name: 'millrace_snapshot_behind_entries',
    help: 'Entries behind the last snapshot: what a recovery would repeat.',
    read: ofJournal(journal => journal.behindSnapshot),
  },
  {
    kind: Gauge,
    name: 'millrace_snapshot_pause_seconds',
    help: 'How long the graph stood still for the last snapshot.',
    read: ofStore(({ snapshotter }) => snapshotter.pauseMs / 1000),
  },
  {
    kind: Gauge,
    name: 'millrace_recovery_seconds',
    help: 'How long the last recovery took.',
    read: ofStore(({ recovery }) => recovery.ms / 1000),
  },
]

/**
 * The registry behind `/metrics`. Numbers are read when they are asked for; labels are ids of jobs and of their nodes,
 * never values of the data.
 */
export function createMetrics(statuses: readonly JobStatus[], now: () => number): Registry {
  const registry = new Registry()
  for (const { kind, name, help, labels = [], read } of metrics) {
    const metric = new kind({
      name,
      help,
      labelNames: ['job', ...labels],
      // Registered below, by name, and never in the library's global registry.
      registers: [],
      collect() {
        this.reset()
        for (const status of statuses) {
          const told: Told = { runner: status.runner, summary: () => status.summary(now()) }
          for (const [value, own] of read(told)) this.inc({ job: status.runner.id, ...own }, value)
        }
      },
    })
    registry.registerMetric(metric)
  }
  return registry
}
