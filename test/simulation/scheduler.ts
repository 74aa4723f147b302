import type { SeededRandom } from './seeded-random.js'

interface SimEvent {
  readonly at: number
  readonly tie: number
  callback: (() => void) | undefined
}

const realImmediate = globalThis.setImmediate
const turn = () => new Promise<void>(resolve => realImmediate(resolve))

/**
 * Virtual time as a queue of events, ordered by time and, at one time, by the seed. Between two events all promises and
 * immediates run, so that code under simulation is at rest before the next event. Times are ms.
 */
export class Scheduler {
  now = 0
  events = 0
  readonly #heap: SimEvent[] = []
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** Calls back once at a time, never before now; the result cancels. */
  at(time: number, callback: () => void): () => void {
    const event: SimEvent = { at: Math.max(time, this.now), tie: this.#random.next(), callback }
    this.#push(event)
    return () => {
      event.callback = undefined
    }
  }

  after(ms: number, callback: () => void): () => void {
    return this.at(this.now + Math.max(0, ms), callback)
  }

  /** Runs events until one makes `done` true, or the next lies behind `until`; then time stands at `until`. */
  async run(until: number, done: () => boolean = () => false): Promise<void> {
    // The pump gives other work its turn by immediates: they belong to the event that caused them.
    let pending = 0
    const counted = ((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      pending++
      return realImmediate(() => {
        pending--
        callback(...args)
      })
    }) as typeof setImmediate
    const before = globalThis.setImmediate
    globalThis.setImmediate = counted
    try {
      do await turn()
      while (pending > 0)
      while (!done()) {
        const next = this.#heap[0]
        if (!next || next.at > until) {
          this.now = Math.max(this.now, until)
          return
        }
        this.#pop()
        const { callback } = next
        if (!callback) continue
        this.now = next.at
        this.events++
        callback()
        do await turn()
        while (pending > 0)
      }
    } finally {
      globalThis.setImmediate = before
    }
  }

  #push(event: SimEvent): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(event, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }
}

const before = (a: SimEvent, b: SimEvent): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie)
