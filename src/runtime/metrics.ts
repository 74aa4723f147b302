import { Counter, Gauge, Registry } from 'prom-client'
import type { JobStatus } from './job-status.js'

const outcomes = ['counted', 'late', 'duplicate', 'deadLettered', 'skipped'] as const

/**
 * The registry behind `/metrics`. Numbers are read when they are asked for; labels are ids of jobs and of their nodes,
 * never values of the data.
 */
export function createMetrics(statuses: readonly JobStatus[], now: () => number): Registry {
  const registry = new Registry()
  // Registered below, by name, and never in the library's global registry.
  const registers: Registry[] = []
  const summaries = () => statuses.map(status => status.summary(now()))

  const messages = new Counter({
    name: 'millrace_messages_total',
    help: 'Messages received, by what became of them.',
    labelNames: ['job', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { id, counts } of summaries()) for (const outcome of outcomes) this.inc({ job: id, outcome }, counts[outcome])
    },
  })
  const results = new Counter({
    name: 'millrace_results_total',
    help: 'Rows sent to views and sinks.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { id, counts } of summaries()) this.inc({ job: id }, counts.results)
    },
  })
  const behind = new Gauge({
    name: 'millrace_behind_seconds',
    help: "The job's clock minus the newest watermark of its results.",
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { id, behind } of summaries()) if (behind !== null) this.set({ job: id }, behind / 1000)
    },
  })
  const up = new Gauge({
    name: 'millrace_job_up',
    help: '1 while the job runs.',
    labelNames: ['job', 'state'],
    registers,
    collect() {
      this.reset()
      for (const { id, state } of summaries()) this.set({ job: id, state }, state === 'running' || state === 'waiting' ? 1 : 0)
    },
  })
  const rows = new Counter({
    name: 'millrace_node_rows_total',
    help: 'Rows that went into and out of each node of the graph.',
    labelNames: ['job', 'node', 'direction'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        for (const [node, { rowsIn, rowsOut }] of runner.graph.metrics()) {
          this.inc({ job: runner.id, node, direction: 'in' }, rowsIn)
          this.inc({ job: runner.id, node, direction: 'out' }, rowsOut)
        }
      }
    },
  })
  const outbox = new Gauge({
    name: 'millrace_outbox_bytes',
    help: 'Memory of outputs that wait for their sinks, and its bound.',
    labelNames: ['job', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        this.set({ job: runner.id, kind: 'used' }, runner.outbox.bytes)
        this.set({ job: runner.id, kind: 'bound' }, runner.outbox.maxBytes)
      }
    },
  })
  const connected = new Gauge({
    name: 'millrace_source_connected',
    help: '1 while the source is connected.',
    labelNames: ['job', 'source'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        for (const feed of runner.feeds) this.set({ job: runner.id, source: feed.source.id }, feed.status().connected ? 1 : 0)
      }
    },
  })
  const pending = new Gauge({
    name: 'millrace_sink_pending_rows',
    help: 'Rows that wait for their sink.',
    labelNames: ['job', 'sink'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        for (const [sink, lane] of runner.outbox.lanes) this.set({ job: runner.id, sink }, lane.pendingRows)
      }
    },
  })
  const storing = new Gauge({
    name: 'millrace_dead_letters_failing',
    help: '1 while dead letters cannot be stored and the sources wait.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) this.set({ job: runner.id }, runner.deadLetters.failing === undefined ? 0 : 1)
    },
  })
  const journal = new Gauge({
    name: 'millrace_journal_bytes',
    help: 'Size of the journal on disk.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) if (runner.store) this.set({ job: runner.id }, runner.store.durability.journal.bytes)
    },
  })
  const unsynced = new Gauge({
    name: 'millrace_journal_unsynced_entries',
    help: 'Entries that went through the graph and are not on the disk yet.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        if (runner.store) this.set({ job: runner.id }, Math.max(0, runner.memory.entry - runner.store.durability.journal.durable))
      }
    },
  })
  const stuck = new Gauge({
    name: 'millrace_journal_failing',
    help: '1 while the journal cannot be written and the sources wait.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        if (runner.store) this.set({ job: runner.id }, runner.store.durability.journal.failing === undefined ? 0 : 1)
      }
    },
  })
  const tail = new Gauge({
    name: 'millrace_snapshot_behind_entries',
    help: 'Entries behind the last snapshot: what a recovery would repeat.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) {
        if (runner.store) this.set({ job: runner.id }, runner.memory.entry - runner.store.snapshotter.entry)
      }
    },
  })
  const pauses = new Gauge({
    name: 'millrace_snapshot_pause_seconds',
    help: 'How long the graph stood still for the last snapshot.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) if (runner.store) this.set({ job: runner.id }, runner.store.snapshotter.pauseMs / 1000)
    },
  })
  const recovery = new Gauge({
    name: 'millrace_recovery_seconds',
    help: 'How long the last recovery took.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) if (runner.store) this.set({ job: runner.id }, runner.store.recovery.ms / 1000)
    },
  })
  const restarts = new Counter({
    name: 'millrace_restarts_total',
    help: 'Restarts after errors.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { runner } of statuses) this.inc({ job: runner.id }, runner.restarts)
    },
  })
  const all = [messages, results, behind, up, rows, outbox, connected, pending, storing, restarts]
  for (const metric of [...all, journal, unsynced, stuck, tail, pauses, recovery]) registry.registerMetric(metric)
  return registry
}
