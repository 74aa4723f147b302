import type { Graph } from '../../job/graph.js'
import type { RandomSource } from '../../model/seams.js'
import { Origins } from '../flow/origins.js'
import { IdSet } from '../identity/id-set.js'
import { lateRows } from '../letters/late-rows.js'
import type { JobState } from '../recovery/job-snapshot.js'
import { type JobCounts, newCounts } from './job-counts.js'

/** What a job remembers beside its graph. */
export class JobMemory {
  readonly counts: JobCounts = newCounts()
  readonly ids: IdSet
  origins = new Origins()
  /** Of each source whose chunks carry positions: the last one of each partition. */
  readonly positions = new Map<string, Map<number, string>>()
  /** By source: messages that their sender had settled, which a crash between arrival and journal loses. */
  readonly presettled = new Map<string, number>()
  /** The number of the last journal entry. */
  entry = 0
  /** Sources whose end went through: no row of theirs followed. */
  readonly ended = new Set<string>()

  constructor(ids: IdSet) {
    this.ids = ids
  }

  restore(entry: number, { ids, origins, counts, ended, positions = [], presettled = {} }: JobState, sides: readonly Uint8Array[]): void {
    this.ids.restore(ids, sides)
    this.origins = new Origins(origins)
    this.entry = entry
    Object.assign(this.counts, counts)
    for (const source of ended) this.ended.add(source)
    for (const { source, partition, position } of positions) this.positionsOf(source).set(partition, position)
    for (const [source, messages] of Object.entries(presettled)) this.addPresettled(source, messages)
  }

  addPresettled(source: string, messages: number): void {
    this.presettled.set(source, (this.presettled.get(source) ?? 0) + messages)
  }

  /** As it is at any time. */
  positionsOf(source: string): Map<number, string> {
    const known = this.positions.get(source)
    if (known) return known
    const fresh = new Map<number, string>()
    this.positions.set(source, fresh)
    return fresh
  }

  /** Every window has fired, at the end of all sources: what comes then begins anew. */
  hasEnded(graph: Graph): boolean {
    return graph.sources.every(({ id }) => this.ended.has(id))
  }

  /** Without a journal: the state of a run is lost, so the ids that guarded it go with it: input that is sent again counts. */
  runLost(graph: Graph): void {
    this.counts.late += lateRows(graph)
    this.ids.clear()
  }
}

/** An empty set of ids, its hashes keyed by chance. */
export const newIds = (random: RandomSource): IdSet => new IdSet({ key: Number.parseInt(random.hex(8), 16) | 0 })
