/** Indices of refused outputs among an entry's dead letters begin here, behind those of its messages. */
export const firstOutputIndex = 1_000_000

/** What names a letter among those of its journal. */
export interface LetterPlace {
  readonly entry: number
  /** Among the letters of the entry; of an output, `firstOutputIndex` and its ordinal, which counts by sink. */
  readonly index: number
  readonly refused: { readonly source: string }
}

/**
 * Ids of dead letters: job, journal, entry, index among the entry's, and the sink that refused an output. A replay gives
 * the same ones, so what the file holds is told by them: letters of messages reach it in order, those of refused outputs
 * when their sink refuses them.
 */
export class LetterNames {
  readonly #prefix: string
  #last = { entry: 0, index: -1 }
  /** Those that are not in order. */
  readonly #single = new Set<string>()
  #damaged = false

  constructor(job: string, origin: string) {
    this.#prefix = `${job}.${origin}.`
  }

  of({ entry, index, refused }: LetterPlace): string {
    const name = `${this.#prefix}${entry}.${index}`
    return index >= firstOutputIndex ? `${name}.${refused.source}` : name
  }

  /** Entry of the last message whose letter the file holds; 0 for none. */
  get last(): number {
    return this.#last.entry
  }

  /** A line of the file is not readable: what lies behind it says nothing of what lies before. */
  gap(): void {
    this.#damaged = true
  }

  /** The file holds the letter of this id. */
  stored(id: string): void {
    if (!id.startsWith(this.#prefix)) return
    const [entry, index] = id.slice(this.#prefix.length).split('.').map(Number) as [number, number]
    if (index >= firstOutputIndex || this.#damaged) this.#single.add(id)
    if (this.#damaged) return
    // An output leaves behind the letters of its entry: all of those are in the file as well.
    if (this.#isBehind(entry, index)) this.#last = { entry, index }
  }

  /** Names an entry of this journal. */
  ofEntry(entry: number): string {
    return `${this.#prefix}${entry}`
  }

  /** The file holds all letters of messages that came before this entry. */
  reached(entryName: string): void {
    if (this.#damaged || !entryName.startsWith(this.#prefix)) return
    const entry = Number(entryName.slice(this.#prefix.length)) - 1
    if (this.#isBehind(entry, firstOutputIndex)) this.#last = { entry, index: firstOutputIndex }
  }

  isStored(letter: LetterPlace): boolean {
    const { entry, index } = letter
    if (this.#single.has(this.of(letter))) return true
    return index < firstOutputIndex && !this.#isBehind(entry, index)
  }

  #isBehind(entry: number, index: number): boolean {
    return entry > this.#last.entry || (entry === this.#last.entry && index > this.#last.index)
  }
}
