import { join } from 'node:path'
import type { Job } from '../../job/graph.js'
import type { JournalEntry } from '../../journal/journal.js'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { JobBundles } from '../recovery/job-bundles.js'
import { stateOf } from '../recovery/job-snapshot.js'
import { bundleAt } from './bundle-at.js'
import { type Bound, isBeyond, isNote, locate, readKept, wallOf } from './replay-journal.js'
import { ReplayOrigins } from './replay-origins.js'
import { type ReplayCounts, ReplaySide, type ReplaySideParts } from './replay-side.js'
import { keptSnapshots, startingSnapshot } from './replay-start.js'

/** Where the state came from with which a stretch began. */
export type ReplayBeginning =
  | { readonly from: 'snapshot'; readonly entry: number }
  /** `whole`: nothing came before; otherwise windows that were open then hold only what followed. */
  | { readonly from: 'fresh'; readonly whole: boolean }

export interface ReplayProgress {
  readonly entry: number
  /** The job's clock. */
  readonly wall: number
  readonly received: number
}

export interface StretchOptions extends Pick<ReplaySideParts, 'start' | 'logs' | 'log'> {
  readonly disk: Disk
  readonly dataDir: string
  /** The job as it is now, and its bundle, if it has one. */
  readonly job: Job
  readonly code: string | undefined
  /** First and last entry, both included; a time stands for the first entry at or behind it, or the last at or before it. */
  readonly from: Bound | undefined
  readonly to: Bound | undefined
  /** Called between entries; its promise holds the replay back. */
  readonly rest: (progress: ReplayProgress) => void | Promise<void>
}

/** What a side tells of the stretch. */
export type SideEvents = Pick<ReplaySideParts, 'onOutput' | 'onDeadLetter'>

export interface StretchSummary {
  readonly job: string
  readonly beginning: ReplayBeginning
  /** First and last entry of the stretch that went through. */
  readonly first: number
  readonly last: number
  readonly entries: number
  /** The job's clock at these two. */
  readonly began: number
  readonly ended: number
  /** Of the job as it is now. */
  readonly counts: ReplayCounts
  /** Messages of sources that the job no longer reads, by source. */
  readonly unread: ReadonlyMap<string, number>
}

/**
 * Takes a stretch of the journal through the job again; with `before`, also through the texts of the job that took it in
 * when it came, side by side. Nothing is written, opened or taken over: it may run while the job does.
 *
 * @throws MR462 where there is no such stretch; MR463 where it is not known which text took it in; MR461 where that is
 *   not kept; MR442, MR443 of the journal; MR451 of a log that a reference leads to; what an operator threw.
 */
export async function replayStretch(options: StretchOptions, now: SideEvents, before?: SideEvents): Promise<StretchSummary> {
  const { disk, dataDir, job, code, start, from, to } = options
  const folder = join(dataDir, 'journal')
  const { kept, first } = await locate(disk, folder, from, to)
  const bundles = new JobBundles(job, start(job).plan, code, disk, dataDir)
  const snapshots = await keptSnapshots(disk, dataDir)
  const former = before && (await bundles.job(await bundleAt(disk, folder, first, snapshots)))
  const graphs = [start(job), ...(former ? [start(former)] : [])]
  const snapshot = await startingSnapshot(snapshots, graphs, first, kept)
  // Where the beginning of the journal is trimmed away, a snapshot knows the numbers of the partitions named there.
  const known = snapshot ?? (kept > 1 ? await snapshots[0]?.load() : undefined)
  const origins = new ReplayOrigins(known && stateOf(known).origins)
  const side = (text: Job, events: SideEvents) => {
    const made = new ReplaySide(text, { ...options, ...events, origins })
    if (snapshot) made.restore(snapshot)
    return made
  }
  const today = side(job, now)
  const sides = former ? [side(former, before), today] : [today]
  const stretch = new Stretch(sides, origins, snapshot?.entry, first)
  for await (const item of readKept(disk, folder, snapshot?.entry)) {
    if (isNote(item)) {
      if (item.kind === 'bundle' && former && stretch.began) sides[0]!.become(await bundles.job(item.bundle))
      continue
    }
    if (isBeyond(item, to)) break
    await stretch.take(item)
    if (stretch.began) await options.rest({ entry: item.entry, wall: wallOf(item), received: today.counts.received })
  }
  const { span } = stretch
  if (!span) throw new MillraceError('MR462', `the stretch was removed meanwhile, from its first entry ${first} on`)
  const beginning: ReplayBeginning = snapshot ? { from: 'snapshot', entry: snapshot.entry } : { from: 'fresh', whole: first === 1 }
  return { job: job.id, beginning, ...span, counts: today.counts, unread: today.unread }
}

/** The entries of a stretch on their way through its sides. */
class Stretch {
  readonly #sides: readonly ReplaySide[]
  readonly #origins: ReplayOrigins
  readonly #snapshot: number | undefined
  readonly #first: number
  /** Clocks of the partitions that spoke before the stretch. */
  readonly #clocks = new Map<number, number>()
  #known: Readonly<Record<string, number>> = {}
  span: Pick<StretchSummary, 'first' | 'last' | 'entries' | 'began' | 'ended'> | undefined

  constructor(sides: readonly ReplaySide[], origins: ReplayOrigins, snapshot: number | undefined, first: number) {
    this.#sides = sides
    this.#origins = origins
    this.#snapshot = snapshot
    this.#first = first
  }

  get began(): boolean {
    return this.span !== undefined
  }

  async take(item: JournalEntry): Promise<void> {
    const { entry } = item
    if (entry < this.#first && this.#snapshot === undefined) return this.#pass(item)
    if (entry >= this.#first) this.#mark(item)
    for (const side of this.#sides) await side.take(item)
  }

  /** An entry before a stretch that begins afresh: only who spoke, when, and which messages came is taken note of. */
  async #pass(item: JournalEntry): Promise<void> {
    const named = this.#origins.of(item)
    this.#known = { ...this.#known, ...named }
    if (item.kind === 'time') for (const [origin, ms] of item.partitions) this.#clocks.set(origin, ms)
    else for (const origin of Object.values(named)) this.#clocks.set(origin, item.clock.partition)
    for (const side of this.#sides) await side.remember(item)
  }

  #mark(item: JournalEntry): void {
    const wall = wallOf(item)
    const { entry } = item
    if (this.span) {
      this.span = { ...this.span, last: entry, ended: wall, entries: this.span.entries + 1 }
      return
    }
    if (this.#snapshot === undefined && entry > 1) for (const side of this.#sides) side.hello(item, this.#known, this.#clocks)
    for (const side of this.#sides) side.begin()
    this.span = { first: entry, last: entry, entries: 1, began: wall, ended: wall }
  }
}
