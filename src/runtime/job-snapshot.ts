import { access } from 'node:fs/promises'
import type { Graph } from '../job/graph.js'
import type { LiveRow } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import type { State } from '../model/state.js'
import { planHash } from '../plan/plan-hash.js'
import type { ClockState } from './job-clock.js'
import type { JobCounts } from './job-counts.js'
import type { StoredOutput } from './outbox.js'
import { type PlanShape, planDifferences, planShape } from './plan-difference.js'
import { readSnapshot, retireSnapshot, type SnapshotFile, writeSnapshot } from './snapshot-file.js'

/** All that a job needs to go on where it stopped. */
export interface JobSnapshot {
  readonly graph: State
  readonly clock: ClockState
  readonly ids: State
  readonly origins: Readonly<Record<string, number>>
  readonly entry: number
  readonly counts: JobCounts
  readonly views: Readonly<Record<string, readonly LiveRow[]>>
  /** What no sink had acknowledged. */
  readonly outputs: readonly StoredOutput[]
}

/** The snapshot of a job's graceful stop in its data folder: written once, restored once. */
export class SnapshotStore {
  readonly path: string
  readonly #log: Log

  constructor(path: string, log: Log) {
    this.path = path
    this.#log = log
  }

  async save(graph: Graph, snapshot: JobSnapshot): Promise<void> {
    const shape = planShape(graph.plan)
    await writeSnapshot(this.path, { header: { job: graph.job, plan: planHash(graph.plan), shape }, body: snapshot })
  }

  /**
   * The snapshot to start from; undefined where there is none, or where it is damaged: then it is put aside and the log
   * says so.
   *
   * @throws MR421 where it is of another job or plan; nothing is changed then.
   */
  async load(graph: Graph): Promise<JobSnapshot | undefined> {
    let file: SnapshotFile | undefined
    try {
      file = await readSnapshot(this.path)
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'MR420') throw error
      this.#log.error(`${error.message}; the job starts with fresh state`, { code: error.code, job: graph.job })
      if (await exists(this.path)) await retireSnapshot(this.path, 'corrupt')
      return undefined
    }
    if (!file) return undefined
    const { job, shape } = file.header as unknown as { readonly job: string; readonly shape: PlanShape }
    const snapshot = file.body as JobSnapshot
    const differences = [
      ...(job === graph.job ? [] : [`it is of the job '${job}'`]),
      ...planDifferences(shape, planShape(graph.plan)),
      ...missingSinks(snapshot, graph),
    ]
    if (differences.length > 0) {
      throw new MillraceError('MR421', `the snapshot ${this.path} does not fit the job '${graph.job}': ${differences[0]}`, {
        notes: differences,
      })
    }
    return snapshot
  }

  /** It must not be restored twice: out of use, durably, before the first message is asked for. */
  async retire(): Promise<void> {
    await retireSnapshot(this.path, 'restored')
  }
}

function missingSinks(snapshot: JobSnapshot, graph: Graph): readonly string[] {
  const known = new Set(graph.sinks.map(sink => sink.id))
  const missing = new Map<string, number>()
  for (const { outputs } of snapshot.outputs) {
    if (!known.has(outputs.sink)) missing.set(outputs.sink, (missing.get(outputs.sink) ?? 0) + outputs.length)
  }
  return [...missing].map(([sink, rows]) => `the sink \`${sink}\` is gone, and ${rows} rows wait for it`)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
