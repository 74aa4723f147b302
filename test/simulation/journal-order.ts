import type { Journal } from '../../src/journal/journal.js'

/** What an entry of the journal says: the clocks, `clock` that of the only partition, and the numbers of its messages in their order. */
export interface OrderedEntry {
  readonly wall: number
  readonly stream: number
  readonly clock: number
  readonly messages: readonly number[]
  /** The sources have ended with it. */
  readonly end: boolean
}

/** The entries of a job with one source as its journal holds them: those that a crash took are not among them. */
export class JournalOrder {
  readonly entries: OrderedEntry[] = []

  readonly #clockFell: (what: string) => void
  #followed: Journal | undefined

  /** @param clockFell told of an entry whose wall or stream clock is before that of the entry before it */
  constructor(clockFell: (what: string) => void) {
    this.#clockFell = clockFell
  }

  /** Listens to what is appended from now on, to this one and to no earlier one. */
  follow(journal: Journal): Journal {
    this.#followed = journal
    this.entries.length = Math.min(this.entries.length, journal.last)
    const append = journal.append.bind(journal)
    journal.append = entry => {
      if (this.#followed === journal) this.#take(entry.entry, entry.kind === 'time' ? timeOf(entry) : chunkOf(entry as Appended))
      append(entry)
    }
    return journal
  }

  #take(number: number, entry: OrderedEntry): void {
    const before = this.entries[number - 2]
    for (const clock of ['wall', 'stream'] as const)
      if (before && entry[clock] < before[clock])
        this.#clockFell(`the ${clock} clock fell from ${before[clock]} to ${entry[clock]} at entry ${number}`)
    this.entries[number - 1] = entry
  }
}

type Entry = Parameters<Journal['append']>[0]
/** A reference is handed over with the chunk that it stands for. */
type Appended = Extract<Entry, { readonly kind: 'chunk' }>

const timeOf = ({ partitions, what, wall, stream }: Extract<Entry, { readonly kind: 'time' }>): OrderedEntry => ({
  wall,
  stream,
  clock: Math.max(...partitions.values()),
  messages: [],
  end: what === 'end',
})

function chunkOf({ chunk, clock }: Appended): OrderedEntry {
  const numbers: number[] = []
  for (let i = 0; i < chunk.length; i++) {
    const [, mark] = /#(\d{6})#/.exec(Buffer.from(chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])).toString('latin1'))!
    numbers.push(Number(mark))
  }
  return { wall: clock.wall, stream: clock.stream, clock: clock.partition, messages: numbers, end: false }
}
