import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { GraphNode, JobSummary } from '../model/api.js'
import { inspectLines } from './inspect-lines.js'

const now = Date.UTC(2026, 0, 15, 14, 3, 12)
const node = (id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  ...{ id, kind: 'operator', op: 'where', detail: '', rowsIn: 0, rowsOut: 0, watermark: null, idle: false, busy: 0, counters: {} },
  ...more,
})
const job: JobSummary = {
  id: 'plant',
  state: 'waiting',
  now,
  derived: false,
  guarantee: { level: 'at-least-once', label: 'at least once', why: [] },
  rate: 1239.6,
  behind: 1_200,
  counts: { received: 1_000, counted: 990, late: 7, duplicate: 0, deadLettered: 3, skipped: 0, waiting: 0, results: 12 },
  journal: { bytes: 13_107_200, unsynced: 2, behindSnapshot: 1_400, lastRecoveryMs: null },
  attention: ['The journal cannot be written', 'alerts waits'],
}
const nodes = [
  node('readings', { kind: 'source', detail: 'AMQP queue \u001b[31mtelemetry', silentSince: now - 42_000 }),
  node('windows', { watermark: now - 61_000, busy: 0.124, counters: { late: 7, early: 0 } }),
  node('sink:alerts', { kind: 'sink', watermark: Number.NaN, waiting: { for: 'credit', since: now - 12_300 } }),
]
const edges = [
  { from: 'readings', to: 'windows', rate: 1_239.6 },
  { from: 'windows', to: 'sink:alerts', rate: 0.21 },
]
const graph = { job: 'plant', nodes, edges, mermaid: '', culprit: { node: 'sink:alerts', sentence: 'alerts waits' } }

test('a job is told in words and figures: what it waits for first, never NaN, nothing that a terminal would obey', () => {
  const { above, head, nodes: rows } = inspectLines({ job, graph, jobs: ['plant'] }, 200)
  const text = [...above, head, ...rows].map(stripVTControlCharacters)
  expect(text).toEqual([
    'plant · waiting · 1,240 messages/s · 1.2 s behind · clock 14:03:12',
    'at least once · journal 12.5 MiB, 2 entries not synced, 1,400 behind the snapshot',
    '1,000 received = 990 counted + 7 late + 3 dead letters · 12 results',
    '! alerts waits',
    '! The journal cannot be written',
    'node          in/s  out/s  watermark   age  busy  waits            counters  what',
    'readings            1,240          –     –   0 %  idle 42 s                  AMQP queue ·[31mtelemetry',
    'windows      1,240    0.2   14:02:11  61 s  12 %                   late 7    where',
    'sink:alerts    0.2                 –     –   0 %  12 s for credit            where',
  ])
  for (const width of [20, 40, 60, 80]) {
    const lines = inspectLines({ job, graph, jobs: ['plant'] }, width)
    for (const line of [...lines.above, lines.head, ...lines.nodes])
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width)
  }
})

test('ids that came again with another content are told where there were any', () => {
  const { above } = inspectLines({ job: { ...job, counts: { ...job.counts, idReused: 3 } }, graph, jobs: ['plant'] }, 200)
  expect(above.map(stripVTControlCharacters)).toContain(
    '1,000 received = 990 counted + 7 late + 3 dead letters · 12 results · 3 with the id of another',
  )
})

test('old data are dated, and of a job to which nothing comes it is said up to when its results go', () => {
  const first = (change: Partial<JobSummary>): string =>
    stripVTControlCharacters(inspectLines({ job: { ...job, ...change }, graph, jobs: ['plant'] }, 200).above[0]!)
  expect(first({ behind: 21 * 86_400_000 })).toContain(' · results up to 2025-12-25 14:03 · ')
  expect(first({ behind: 85_000, rate: 0 })).toContain(' · results up to 14:01:47 · ')
  expect(inspectLines({ job: { ...job, journal: { ...job.journal!, unsynced: 1 } }, graph, jobs: ['plant'] }, 200).above[1]).toContain(
    '1 entry not synced',
  )
  expect(first({ behind: 85_000 })).toContain(' · 85 s behind · ')
  const old = { ...graph, nodes: [node('windows', { watermark: now - 86_400_000 })] }
  expect(inspectLines({ job, graph: old, jobs: ['plant'] }, 200).nodes[0]).toContain('  2026-01-14 14:03  ')
})
