import type { Graph } from '../../job/graph.js'
import type { ChunkEntry, Journal, JournalEntry, TimeEntry } from '../../journal/journal.js'
import type { Chunk } from '../../model/chunk.js'
import type { JobMemory } from '../status/job-memory.js'
import type { JobClock } from './job-clock.js'

/** Numbers what comes in, reads the clocks for it, and hands it to the journal before anything follows from it. */
export class EntryLog {
  readonly #graph: Graph
  readonly #memory: JobMemory
  readonly #clock: JobClock
  readonly #journal: Journal | undefined

  constructor(graph: Graph, memory: JobMemory, clock: JobClock, journal: Journal | undefined) {
    this.#graph = graph
    this.#memory = memory
    this.#clock = clock
    this.#journal = journal
  }

  /** Messages of a source, which go through in slices of `slice` rows if that is told; or, with `retryOf`, that of a dead letter once more. */
  chunk(source: string, chunk: Chunk, slice: number | undefined, retryOf?: string): ChunkEntry {
    const origin = this.#memory.origins.of(source, chunk.partition)
    this.#clock.readWall()
    const { wall, stream, partition } = this.#clock.reading(origin)
    // What a log of its own keeps, and what is one message, goes through as where nothing is told.
    const own = retryOf !== undefined ? { retryOf } : slice !== undefined && chunk.reference === undefined ? { slice } : {}
    const entry: ChunkEntry = { kind: 'chunk', entry: this.#memory.entry + 1, source, clock: { wall, stream, partition }, chunk, ...own }
    const { reference } = chunk
    if (reference === undefined) this.#journal?.append(entry)
    else {
      const { length, partition: number } = chunk
      this.#journal?.append({ ...entry, kind: 'reference', partition: number, length, reference } as JournalEntry)
    }
    return entry
  }

  /** Time alone: `hello` and `tick` to all sources, `end` to those that ended. */
  time(what: TimeEntry['what'], sources = this.#graph.sources.map(({ id }) => id)): TimeEntry {
    const { origins } = this.#memory
    // Every partition is named to the operators before its first row, so that none is overlooked in a minimum.
    if (what === 'hello') for (const source of sources) origins.of(source, 0)
    const { wall, stream } = this.#clock
    const partitions = new Map<number, number>()
    for (const source of sources)
      for (const origin of origins.ofSource(source)) partitions.set(origin, this.#clock.reading(origin).partition)
    const entry: TimeEntry = { kind: 'time', entry: this.#memory.entry + 1, what, sources, wall, stream, partitions }
    this.#journal?.append(entry)
    return entry
  }
}
