import type { Graph } from '../../job/graph.js'
import type { LoadedSnapshot, SnapshotToSave } from '../../journal/snapshot-store.js'
import type { LiveRow } from '../../model/api.js'
import type { State } from '../../model/state.js'
import type { View } from '../../views/view.js'
import type { ClockState, JobClock } from '../flow/job-clock.js'
import type { Outbox, StoredOutput } from '../flow/outbox.js'
import type { DeadLetterStore, StoredLetter } from '../letters/dead-letter-store.js'
import type { RetryMark } from '../letters/retry-mark.js'
import type { JobCounts } from '../status/job-counts.js'
import type { JobMemory } from '../status/job-memory.js'
import type { PlanShape } from './plan-shape.js'

/** What a snapshot says of itself, readable without its body. */
export interface SnapshotHeader {
  readonly format: 1
  readonly job: string
  /** Hash of the job's bundle, or of its plan where the job came without one. */
  readonly bundle: string
  /** Former bundles that may still have to take in what the journal holds: the last entry that each can have taken in. */
  readonly bundles?: { readonly [hash: string]: number }
  /** Nodes and sinks that the job has and had: naming one to drop that is gone is no mistake. */
  readonly names?: readonly string[]
  readonly plan: string
  readonly shape: PlanShape
  /** Version of what each operator, aggregate and codec of the plan computes, by name. */
  readonly semantics: { readonly [name: string]: number }
  /** The release of Millrace that took it, where its process said so. */
  readonly release?: string | undefined
  /** When it was taken, on the job's clock. */
  readonly at: number
}

/** All that a job needs to go on behind an entry. */
export interface JobState {
  readonly graph: State
  readonly clock: ClockState
  readonly ids: State
  readonly origins: Readonly<Record<string, number>>
  readonly counts: JobCounts
  readonly ended: readonly string[]
  /** Where sources go on. Absent in what the first release wrote. */
  readonly positions?: readonly { readonly source: string; readonly partition: number; readonly position: string }[]
  /** By source: messages that their sender had settled. Absent in what older releases wrote. */
  readonly presettled?: Readonly<Record<string, number>>
  readonly views: Readonly<Record<string, readonly LiveRow[]>>
  /** What had not reached its view: a recovery shows it before what follows. */
  readonly unshown: readonly StoredOutput[]
  /** What no sink had acknowledged. */
  readonly outputs: readonly StoredOutput[]
  /** What the dead-letter file did not hold yet. */
  readonly letters: readonly StoredLetter[]
  /** Letters that came in again, and of which the file does not say so yet; absent in snapshots of older releases. */
  readonly retried?: readonly RetryMark[]
}

/** The parts of a running job whose state is kept. */
export interface KeptParts {
  readonly graph: Graph
  readonly clock: JobClock
  readonly memory: JobMemory
  readonly views: ReadonlyMap<string, View>
  readonly outbox: Outbox
  readonly deadLetters: DeadLetterStore
}

/** Copies the state of a job at rest; what is given changes no more. */
export function captureJob(
  parts: KeptParts,
  identity: Pick<SnapshotHeader, 'bundle' | 'bundles' | 'names' | 'plan' | 'shape' | 'semantics' | 'release'>,
): SnapshotToSave {
  const { graph, clock, memory, views, outbox, deadLetters } = parts
  const { state: ids, side, from } = memory.ids.snapshot()
  const waiting = outbox.snapshot()
  const letters = deadLetters.snapshot()
  const isForView = ({ outputs }: StoredOutput): boolean => outbox.lanes.get(outputs.sink)?.sink.spec.kind === 'view'
  const header: SnapshotHeader = {
    format: 1,
    job: graph.job,
    bundle: identity.bundle,
    bundles: identity.bundles ?? {},
    names: identity.names ?? [],
    plan: identity.plan,
    shape: identity.shape,
    semantics: identity.semantics,
    ...(identity.release !== undefined && { release: identity.release }),
    at: clock.wall,
  }
  const body: JobState = {
    graph: graph.snapshot(),
    clock: clock.state(),
    ids,
    origins: memory.origins.state(),
    counts: { ...memory.counts },
    ended: [...memory.ended],
    positions: [...memory.positions].flatMap(([source, of]) => [...of].map(([partition, position]) => ({ source, partition, position }))),
    presettled: Object.fromEntries(memory.presettled),
    views: Object.fromEntries([...views].map(([id, view]) => [id, view.snapshot()])),
    unshown: waiting.filter(isForView),
    outputs: waiting.filter(output => !isForView(output)),
    letters: letters.letters,
    retried: letters.retried,
  }
  return {
    entry: memory.entry,
    header: header as unknown as SnapshotToSave['header'],
    body: body as unknown as State,
    sides: [{ name: 'ids', bytes: side, from }],
  }
}

export const headerOf = (snapshot: LoadedSnapshot): SnapshotHeader => snapshot.header as unknown as SnapshotHeader
export const stateOf = (snapshot: LoadedSnapshot): JobState => snapshot.body as unknown as JobState
