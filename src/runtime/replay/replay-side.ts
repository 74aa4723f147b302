import type { OutputBatch } from '../../connector/sink.js'
import type { Graph, Job } from '../../job/graph.js'
import type { ChunkEntry, JournalEntry } from '../../journal/journal.js'
import type { LoadedSnapshot } from '../../journal/snapshot-store.js'
import type { Log } from '../../model/seams.js'
import { EntryPush } from '../flow/entry-push.js'
import { Origins } from '../flow/origins.js'
import { IdSet } from '../identity/id-set.js'
import { MessageIdentity } from '../identity/message-identity.js'
import type { Refused } from '../letters/dead-letter-store.js'
import { lateRows } from '../letters/late-rows.js'
import { stateOf } from '../recovery/job-snapshot.js'
import { moveState } from '../recovery/move-state.js'
import { planShape } from '../recovery/plan-shape.js'
import type { SourceLogs } from '../recovery/source-logs.js'
import type { JobCounts } from '../status/job-counts.js'
import { JobMemory } from '../status/job-memory.js'
import type { ReplayOrigins } from './replay-origins.js'

export interface ReplaySideParts {
  /** Starts a run of a job, with the names of the journal. */
  readonly start: (job: Job) => Graph
  readonly origins: ReplayOrigins
  readonly logs: SourceLogs
  readonly log: Log
  readonly onOutput: (output: OutputBatch) => void
  readonly onDeadLetter: (letter: Refused & { readonly entry: number }) => void
}

/** What a side has done since `begin`. */
export interface ReplayCounts extends Pick<JobCounts, 'received' | 'results' | 'duplicate' | 'deadLettered'> {
  readonly late: number
}

/** One text of a job on its way through a stretch of the journal again. Nothing but its outputs leaves it. */
export class ReplaySide {
  readonly memory = new JobMemory(new IdSet({ key: 0 }))
  readonly #parts: ReplaySideParts
  #graph!: Graph
  #push!: EntryPush
  #identities = new Map<string, MessageIdentity>()
  /** Within the stretch; before it, state is made and nothing told. */
  #telling = false
  #before: ReplayCounts | undefined
  /** Messages of sources that the job does not read, by source. */
  readonly unread = new Map<string, number>()

  constructor(job: Job, parts: ReplaySideParts) {
    this.#parts = parts
    this.#run(job)
  }

  get graph(): Graph {
    return this.#graph
  }

  #run(job: Job): void {
    const { start, onOutput, onDeadLetter } = this.#parts
    this.#graph = start(job)
    this.#identities = new Map(
      this.#graph.sources.flatMap(({ id, spec }) => (spec.id ? [[id, new MessageIdentity(spec.id)] as const] : [])),
    )
    this.#push = new EntryPush(this.#graph, this.memory, {
      outputs: (_, outputs) => {
        if (this.#telling) for (const output of outputs) onOutput(output)
      },
      refused: (entry, _, refused) => {
        if (this.#telling) onDeadLetter({ ...refused, entry })
      },
    })
  }

  /** Goes on from a snapshot that fits. */
  restore(snapshot: LoadedSnapshot): void {
    const state = stateOf(snapshot)
    this.memory.restore(snapshot.entry, state, snapshot.sides['ids'] ?? [])
    this.#graph.restore(state.graph)
  }

  /** Another text of the job takes over, as it did when the journal was written: what did not fit was given up then. */
  become(job: Job): void {
    const from = this.#graph
    this.#run(job)
    const all = [...Object.keys(planShape(from.plan)), ...Object.keys(planShape(this.#graph.plan))]
    const former = { shape: planShape(from.plan), state: from.snapshot(), memory: this.memory, waiting: [] }
    moveState(former, this.#graph, { drop: all, log: this.#parts.log })
  }

  /** The stretch begins: what follows is told and counted. */
  begin(): void {
    this.#telling = true
    this.#before = this.#counts()
  }

  #counts(): ReplayCounts {
    const { received, results, duplicate, deadLettered } = this.memory.counts
    return { received, results, duplicate, deadLettered, late: lateRows(this.#graph) }
  }

  get counts(): ReplayCounts {
    const now = this.#counts()
    const before = this.#before ?? now
    return {
      received: now.received - before.received,
      results: now.results - before.results,
      duplicate: now.duplicate - before.duplicate,
      deadLettered: now.deadLettered - before.deadLettered,
      late: now.late - before.late,
    }
  }

  /** Names the partitions known by now to the operators, before the first row: none is overlooked in a minimum. */
  hello(entry: JournalEntry, known: Readonly<Record<string, number>>, clocks: ReadonlyMap<number, number>): void {
    this.#name(known)
    const { wall, stream } = entry.kind === 'time' ? entry : entry.clock
    // A source that nobody has heard of yet would be given a number that is another's.
    const sources = this.#graph.sources.map(({ id }) => id).filter(id => `${id}#0` in known)
    this.#push.time({ kind: 'time', entry: entry.entry - 1, what: 'hello', sources, wall, stream, partitions: clocks })
  }

  #name(known: Readonly<Record<string, number>>): void {
    const { memory } = this
    const state = memory.origins.state()
    if (Object.keys(known).every(key => key in state)) return
    memory.origins = new Origins({ ...state, ...known })
  }

  /** Takes note of the messages of an entry before the stretch: those that come again in it are duplicates. */
  async remember(entry: JournalEntry): Promise<void> {
    const chunk = await this.#chunk(entry)
    const identity = chunk && this.#identities.get(chunk.source)
    // A retry is no duplicate of the message that it repeats.
    if (identity && chunk.retryOf === undefined) this.memory.ids.judge(chunk.source, identity, chunk.chunk, chunk.clock.stream, chunk.entry)
  }

  async take(entry: JournalEntry): Promise<void> {
    const chunk = await this.#chunk(entry)
    if (chunk) {
      this.#name(this.#parts.origins.of(chunk))
      await this.#push.chunk(chunk)
      return
    }
    if (entry.kind !== 'time') return
    this.#name(this.#parts.origins.of(entry))
    this.#push.time({ ...entry, sources: entry.sources.filter(source => this.#reads(source)) })
  }

  #reads(source: string): boolean {
    return this.#graph.sources.some(({ id }) => id === source)
  }

  /** The chunk of an entry that this job reads. */
  async #chunk(entry: JournalEntry): Promise<ChunkEntry | undefined> {
    if (entry.kind === 'time') return undefined
    if (this.#reads(entry.source)) return entry.kind === 'chunk' ? entry : await this.#parts.logs.read(this.#graph, entry)
    const { length } = entry.kind === 'chunk' ? entry.chunk : entry
    this.unread.set(entry.source, (this.unread.get(entry.source) ?? 0) + length)
    return undefined
  }
}
