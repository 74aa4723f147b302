/** Indices of refused outputs among an entry's dead letters begin here, behind those of its messages. */
export const firstOutputIndex = 1_000_000

/**
 * Ids of dead letters: job, journal, entry, and index among the entry's. A replay gives the same ones, so what the file
 * holds is told by them: letters of messages reach it in order, those of refused outputs when their sink refuses them.
 */
export class LetterNames {
  readonly #prefix: string
  #last = { entry: 0, index: -1 }
  readonly #outputs = new Set<string>()

  constructor(job: string, origin: string) {
    this.#prefix = `${job}.${origin}.`
  }

  of(entry: number, index: number): string {
    return `${this.#prefix}${entry}.${index}`
  }

  /** The file holds the letter of this id. */
  stored(id: string): void {
    if (!id.startsWith(this.#prefix)) return
    const [entry, index] = id.slice(this.#prefix.length).split('.').map(Number) as [number, number]
    if (index >= firstOutputIndex) this.#outputs.add(id)
    else if (this.#isBehind(entry, index)) this.#last = { entry, index }
  }

  isStored(entry: number, index: number): boolean {
    return index >= firstOutputIndex ? this.#outputs.has(this.of(entry, index)) : !this.#isBehind(entry, index)
  }

  #isBehind(entry: number, index: number): boolean {
    return entry > this.#last.entry || (entry === this.#last.entry && index > this.#last.index)
  }
}
