import type { Graph, Job } from '../../job/graph.js'
import type { BundleNote, ChunkEntry, JournalEntry, JournalNote, TimeEntry } from '../../journal/journal.js'
import type { LoadedSnapshot } from '../../journal/snapshot-store.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { View } from '../../views/view.js'
import type { Durability } from '../flow/durability.js'
import { type Consequences, EntryPush } from '../flow/entry-push.js'
import { JobClock } from '../flow/job-clock.js'
import { LoopTurn } from '../flow/loop-turn.js'
import type { StoredOutput } from '../flow/outbox.js'
import { connectorContext, type JobRunnerOptions } from '../job-runner-options.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import { lateRows } from '../letters/late-rows.js'
import { ReplayedOutputs } from '../replay/replayed-outputs.js'
import { JobMemory, newIds } from '../status/job-memory.js'
import { checkReach } from './check-reach.js'
import { heedStop } from './heed-stop.js'
import { heldPosition } from './held-position.js'
import type { JobBundles } from './job-bundles.js'
import { headerOf, stateOf } from './job-snapshot.js'
import { type FormerState, moveState } from './move-state.js'
import { NodeNames } from './node-names.js'
import { planShape } from './plan-shape.js'
import { RecoveredViews } from './recovered-views.js'
import { semanticDifferences, semanticsChanged, semanticVersions } from './semantic-versions.js'
import { SourceLogs } from './source-logs.js'
import { tellProgress } from './tell-progress.js'

export interface RecoveryParts {
  readonly options: JobRunnerOptions
  readonly durability: Durability
  readonly bundles: JobBundles
  readonly deadLetters: DeadLetterStore
  /** The job's views and those of what its sinks were sent, by id. */
  readonly views: ReadonlyMap<string, View>
  /** The views are empty; otherwise they hold what a former run of this process gave them. */
  readonly freshViews: boolean
  /** Starts a run of a job; its names carry that of the journal. */
  readonly start: (job: Job, origin?: string) => Graph
}

/** A job as it stood when the last entry of its journal had gone through. */
export interface Recovered {
  readonly graph: Graph
  readonly memory: JobMemory
  readonly clock: JobClock
  /** What the sinks do not hold, as far as the journal knows. */
  readonly outputs: readonly StoredOutput[]
  /** Entries that were replayed, and real ms that all took. */
  readonly replayed: number
  readonly ms: number
  /** The state is of another text of the job than the newest snapshot, or there is none: one has to be taken. */
  readonly moved: boolean
  readonly names: NodeNames
}

/**
 * The state of a job from its data folder: the newest whole snapshot, then the entries behind it, through the text of the
 * job that took them in. What follows is the same as it was, so what sinks hold is left out.
 *
 * @throws MR416 it was left, as `isLeft` asks; MR421 what the edited job would lose; MR442 a damaged journal; MR450 state that
 *   cannot be made again; MR460 a release that would compute the rest differently; MR461 a former text of the job that is missing.
 */
export async function recoverJob(parts: RecoveryParts): Promise<Recovered> {
  return new Recovery(parts).run()
}

class Recovery {
  readonly #parts: RecoveryParts
  readonly #outputs: ReplayedOutputs
  readonly #views: RecoveredViews
  readonly #memory: JobMemory
  readonly #clock: JobClock
  readonly #logs: SourceLogs
  readonly #turn: LoopTurn
  /** The bundle whose run `#graph` is; undefined before the first. */
  #bundle: string | undefined
  #graph!: Graph
  #push!: EntryPush
  #replayed = 0
  #moved = false
  readonly #names = new NodeNames()

  constructor(parts: RecoveryParts) {
    this.#parts = parts
    const { options, durability, deadLetters } = parts
    this.#views = new RecoveredViews(parts.views, options)
    const { time, real, random, factories } = options
    this.#turn = new LoopTurn(real, () => heedStop(parts, this.#memory.entry))
    this.#logs = new SourceLogs(source => connectorContext(options, source))
    const { loaded } = durability
    const state = loaded && stateOf(loaded)
    this.#memory = new JobMemory(factories.ids(newIds(random)))
    this.#clock = factories.clock(new JobClock(time, real, state?.clock))
    this.#outputs = new ReplayedOutputs(outputs => this.#views.show(outputs))
    if (!state) return
    this.#memory.restore(loaded.entry, state, loaded.sides['ids'] ?? [])
    if (parts.freshViews) this.#views.restore(state.views)
    // Before what follows: an older row must not replace a newer one.
    for (const { outputs } of state.unshown) this.#views.show(outputs)
    this.#outputs.restore(state.outputs)
    deadLetters.restore(state.letters, state.retried ?? [])
  }

  async run(): Promise<Recovered> {
    const { options, durability, bundles } = this.#parts
    const { loaded, journal } = durability
    const began = options.real.monotonic()
    checkReach(journal, loaded?.entry ?? 0)
    if (loaded) await this.#restore(loaded)
    const ended = tellProgress(options, () => this.#memory.entry, journal.last)
    try {
      for await (const item of journal.read(loaded?.entry ?? 0)) {
        await this.#take(item)
        if (this.#turn.isOver) await this.#turn.give()
      }
    } finally {
      ended()
      await this.#logs.close()
    }
    if (this.#bundle !== bundles.current) {
      this.#moved = true
      await this.#begin({ bundle: bundles.current })
    }
    await this.#beginAnew()
    return {
      graph: this.#graph,
      memory: this.#memory,
      clock: this.#clock,
      outputs: this.#outputs.rest(),
      replayed: this.#replayed,
      ms: options.real.monotonic() - began,
      moved: this.#moved,
      names: this.#names,
    }
  }

  async #restore(loaded: LoadedSnapshot): Promise<void> {
    const { durability, bundles, start, options } = this.#parts
    const { bundle, shape, semantics, release, names } = headerOf(loaded)
    this.#names.add(Object.keys(shape))
    this.#names.add(names ?? [])
    const { graph: state } = stateOf(loaded)
    const left = durability.journal.last - loaded.entry
    if (left === 0) {
      // Nothing is left for the former text to take in, so it is not needed.
      const graph = start(options.job)
      if (bundle === bundles.current) graph.restore(state)
      else this.#move({ shape, state, memory: this.#memory, waiting: this.#outputs.rest() }, graph)
      // What follows is computed as this release does: a snapshot has to say so before there is a tail.
      this.#moved = bundle !== bundles.current || semanticDifferences(semantics, semanticVersions(graph.plan)).length > 0
      return this.#goOn(bundles.current, graph)
    }
    const graph = start(await bundles.job(bundle))
    const differences = semanticDifferences(semantics, semanticVersions(graph.plan))
    if (differences.length > 0) throw semanticsChanged(graph.job, left, differences, release)
    graph.restore(state)
    this.#goOn(bundle, graph)
  }

  /** A text of the job takes over: at first, or from another one whose state it then takes on. */
  async #begin({ bundle, semantics, release }: Pick<BundleNote, 'bundle' | 'semantics' | 'release'>): Promise<void> {
    const { bundles, start, durability } = this.#parts
    const graph = bundle === this.#bundle ? this.#graph : start(await bundles.job(bundle))
    const left = durability.journal.last - this.#memory.entry
    const differences = semantics ? semanticDifferences(semantics, semanticVersions(graph.plan)) : []
    if (differences.length > 0 && left > 0) throw semanticsChanged(graph.job, left, differences, release)
    if (differences.length > 0) this.#moved = true
    if (bundle === this.#bundle) return
    if (this.#bundle !== undefined) {
      const { plan } = this.#graph
      this.#move({ shape: planShape(plan), state: this.#graph.snapshot(), memory: this.#memory, waiting: this.#outputs.rest() }, graph)
    }
    this.#goOn(bundle, graph)
  }

  #move(former: FormerState, graph: Graph): void {
    this.#names.add(former.waiting.map(({ outputs }) => outputs.sink))
    moveState(former, graph, this.#parts.options)
  }

  #goOn(bundle: string, graph: Graph): void {
    this.#bundle = bundle
    this.#graph = graph
    this.#names.addGraph(graph)
    this.#outputs.keep(graph.sinks.map(({ id }) => id))
    const shown = new Set(graph.sinks.filter(({ spec }) => spec.kind === 'view').map(({ id }) => id))
    const consequences: Consequences = {
      outputs: (entry, outputs) => {
        for (const output of outputs) if (shown.has(output.sink)) this.#views.show(output)
        this.#outputs.add(
          entry,
          outputs.filter(({ sink }) => !shown.has(sink)),
        )
      },
      refused: (entry, index, refused) => this.#parts.deadLetters.add(entry, index, refused),
      retried: mark => this.#parts.deadLetters.retried(mark),
    }
    this.#push = new EntryPush(graph, this.#memory, consequences, this.#turn)
  }

  async #take(item: JournalEntry | JournalNote): Promise<void> {
    switch (item.kind) {
      case 'acknowledged':
        return this.#outputs.acknowledged(item.sink, heldPosition(item, this.#graph.sinks))
      case 'bundle':
        return this.#begin(item)
      case 'chunk':
        return this.#chunk(item)
      case 'reference':
        return this.#chunk(await this.#logs.read(this.#graph, item))
      case 'time':
        return this.#time(item)
    }
  }

  #inOrder({ entry }: JournalEntry): void {
    const expected = this.#memory.entry + 1
    this.#replayed++
    if (entry === expected && this.#bundle !== undefined) return
    throw new MillraceError('MR450', `the journal goes on with entry ${entry}, and the state reaches to entry ${expected - 1}`)
  }

  async #chunk(entry: ChunkEntry): Promise<void> {
    this.#inOrder(entry)
    const { wall, stream, partition } = entry.clock
    this.#clock.resume(wall, stream, [[this.#memory.origins.of(entry.source, entry.chunk.partition), partition]])
    await this.#push.chunk(entry)
  }

  async #time(entry: TimeEntry): Promise<void> {
    this.#inOrder(entry)
    if (entry.what === 'hello') await this.#beginAnew()
    this.#clock.resume(entry.wall, entry.stream, entry.partitions)
    this.#push.time(entry)
  }

  /** A job whose sources had all ended is a job without open windows; a watermark at the end of time would make all that comes late. */
  async #beginAnew(): Promise<void> {
    if (this.#memory.entry === 0 || !this.#memory.hasEnded(this.#graph)) return
    const { bundles, start } = this.#parts
    this.#memory.counts.late += lateRows(this.#graph)
    this.#memory.ended.clear()
    this.#goOn(this.#bundle!, start(await bundles.job(this.#bundle!)))
  }
}
