import type { ConnectorContext, SourceLog } from '../../connector/source.js'
import type { Graph } from '../../job/graph.js'
import type { ChunkEntry, ReferenceEntry } from '../../journal/journal.js'
import { MillraceError } from '../../model/errors/millrace-error.js'

/** The logs of a job's sources, opened when a reference into one is met. */
export class SourceLogs {
  readonly #context: (source: string) => ConnectorContext
  readonly #logs = new Map<string, SourceLog>()

  constructor(context: (source: string) => ConnectorContext) {
    this.#context = context
  }

  /** The entry with the chunk that it refers to. @throws MR453 where that cannot be read again, or is another one. */
  async read(graph: Graph, entry: ReferenceEntry): Promise<ChunkEntry> {
    const { source, partition, reference, length } = entry
    let log = this.#logs.get(source)
    if (!log) {
      log = await graph.sources.find(({ id }) => id === source)?.spec.openLog?.(this.#context(source))
      if (!log) throw new MillraceError('MR453', `the source '${source}' cannot be read again`)
      this.#logs.set(source, log)
    }
    const chunk = await log.read(partition, reference).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MillraceError('MR453', `${reference} of source '${source}' cannot be read again: ${reason}`, { cause: error })
    })
    if (chunk.length === length) return { kind: 'chunk', entry: entry.entry, source, clock: entry.clock, chunk }
    throw new MillraceError('MR453', `${reference} of source '${source}' had ${length} messages and now has ${chunk.length}`)
  }

  async close(): Promise<void> {
    for (const log of this.#logs.values()) await log.close()
    this.#logs.clear()
  }
}
