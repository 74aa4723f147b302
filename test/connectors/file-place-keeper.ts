import type { SourceReader, SourceSpec } from '../../src/connector/source.js'

/** Keeps the places of what was settled and gives them back at the next opening, as a job's journal does. */
export class PlaceKeeper {
  #positions = new Map<number, string>()

  /** The same source, whose openings go on behind what was settled. */
  keeping<T>(source: SourceSpec<T>): SourceSpec<T> {
    return {
      ...source,
      open: async context => this.#watched(await source.open({ ...context, positions: new Map(this.#positions) })),
    }
  }

  #watched(reader: SourceReader): SourceReader {
    const given: { readonly receipt: number; readonly partition: number; readonly position: string }[] = []
    return {
      next: async () => {
        const chunk = await reader.next()
        if (chunk) given.push({ receipt: chunk.receipt, partition: chunk.partition, position: chunk.position! })
        return chunk
      },
      settle: (through, exceptions) => {
        while (given.length > 0 && given[0]!.receipt <= through) {
          const { partition, position } = given.shift()!
          this.#positions.set(partition, position)
        }
        reader.settle(through, exceptions)
      },
      status: () => reader.status(),
      close: how => reader.close(how),
    }
  }
}
