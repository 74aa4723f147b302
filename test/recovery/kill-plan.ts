import { type CrashPoint, crashPoints } from '../../src/model/crash-point.js'
import { mixed } from './crash-stream.js'

/** How one life of the job ends. */
export type Kill =
  | { readonly how: 'point'; readonly point: CrashPoint; readonly times: number }
  /** From outside, so many ms after its start, or after its recovery. */
  | { readonly how: 'outside'; readonly since: 'start' | 'recovery'; readonly afterMs: number }

/** How often a crash point may be passed before it kills, at most; each of these comes within a few seconds of load. */
const mostTimes: Readonly<Record<CrashPoint, number>> = {
  'epoch-written': 1,
  'epoch-raised': 1,
  'segment-created': 3,
  appended: 60,
  written: 40,
  synced: 40,
  confirmed: 40,
  'before-settle': 40,
  settled: 40,
  'before-send': 3,
  sent: 3,
  acknowledged: 3,
  'letters-appended': 20,
  'snapshot-captured': 3,
  'snapshot-side-written': 3,
  'snapshot-written': 3,
  'snapshot-renamed': 3,
  'snapshot-durable': 3,
  'segment-removed': 2,
  recovered: 1,
}

/** The kills of a seed: at crash points and from outside by turns; all points come before one comes again. */
export class KillPlan {
  readonly #seed: number
  readonly #upMs: number
  #drawn = 0
  #round: CrashPoint[] = []
  /** Points that did not come in time: they are planned again, for their first pass. */
  readonly #missed: CrashPoint[] = []
  readonly hit = new Map<CrashPoint, number>()

  /** @param upMs how long after its recovery a life is killed from outside, at most */
  constructor(seed: number, upMs = 3_000) {
    this.#seed = seed
    this.#upMs = upMs
  }

  #draw(below: number): number {
    return mixed(this.#seed ^ 0x5eed, this.#drawn++) % below
  }

  next(kill: number): Kill {
    // A third of them amid the start or the recovery.
    if (kill % 2 === 1)
      return this.#draw(3) === 0
        ? { how: 'outside', since: 'start', afterMs: 100 + this.#draw(3_000) }
        : { how: 'outside', since: 'recovery', afterMs: this.#draw(this.#upMs) }
    const again = this.#missed.shift()
    if (again) return { how: 'point', point: again, times: 1 }
    if (this.#round.length === 0) this.#round = [...crashPoints]
    const [point] = this.#round.splice(this.#draw(this.#round.length), 1)
    return { how: 'point', point: point!, times: 1 + this.#draw(mostTimes[point!]) }
  }

  /** Whether the point of a kill was reached. */
  came(point: CrashPoint, reached: boolean): void {
    if (reached) this.hit.set(point, (this.hit.get(point) ?? 0) + 1)
    else this.#missed.push(point)
  }

  /** Crash points at which nothing was killed yet. */
  get unhit(): readonly CrashPoint[] {
    return crashPoints.filter(point => !this.hit.has(point))
  }
}
