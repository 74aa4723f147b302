import type { Clock } from '../../model/clock.js'
import type { TimeSource } from '../../model/seams.js'

/** Real ms between two turns beyond which the process was not running: asleep, stopped, or blocked. */
const longestTurn = 5_000
/** Real ms that such a gap counts. */
const gapCounts = 1_000

/** The readings of a job's clocks, for a snapshot. */
export type ClockState = {
  readonly wall: number
  readonly stream: number
  readonly partitions: { readonly [origin: string]: number }
}

/**
 * The clocks of one job. `wall` never decreases. `stream` advances while any partition is live, a partition's own
 * clock while that partition is. Quiet closing and timers run on them, so an outage makes no row late.
 */
export class JobClock {
  readonly #time: TimeSource
  readonly #real: TimeSource
  readonly #partitions = new Map<number, number>()
  #wall = Number.NEGATIVE_INFINITY
  #stream = 0
  #lastReal: number

  /** `time` is the job's clock, perhaps scaled; gaps are judged on `real`. */
  constructor(time: TimeSource, real: TimeSource, state?: ClockState) {
    this.#time = time
    this.#real = real
    this.#lastReal = real.monotonic()
    if (state) {
      this.#wall = state.wall
      this.#stream = state.stream
      for (const [origin, ms] of Object.entries(state.partitions)) this.#partitions.set(Number(origin), ms)
    }
    this.readWall()
  }

  get wall(): number {
    return this.#wall
  }

  get stream(): number {
    return this.#stream
  }

  readWall(): number {
    this.#wall = Math.max(this.#wall, this.#time.wall())
    return this.#wall
  }

  /** Accounts for a turn: how many ms of the job's time each origin has been live since the last call. */
  advance(live: ReadonlyMap<number, number>): void {
    const real = this.#real.monotonic()
    const gap = real - this.#lastReal
    const counted = gap > longestTurn ? gapCounts / gap : 1
    this.#lastReal = real
    this.readWall()
    let longest = 0
    for (const [origin, ms] of live) {
      this.#partitions.set(origin, (this.#partitions.get(origin) ?? 0) + ms * counted)
      if (ms > longest) longest = ms
    }
    this.#stream += longest * counted
  }

  /** The readings for a batch of this origin. */
  reading(origin: number): Clock {
    return { wall: this.#wall, stream: this.#stream, partition: this.#partitions.get(origin) ?? 0, frozen: false }
  }

  /** Goes on from what an entry recorded. */
  resume(wall: number, stream: number, partitions: Iterable<readonly [number, number]>): void {
    this.#wall = Math.max(this.#wall, wall)
    this.#stream = stream
    for (const [origin, ms] of partitions) this.#partitions.set(origin, ms)
  }

  state(): ClockState {
    return { wall: this.#wall, stream: this.#stream, partitions: Object.fromEntries(this.#partitions) }
  }
}
