import type { AlertRule } from './alert-rule.js'

/** A stretch in which a key was beyond its limit. Times are event times: of windows, their ends. */
export interface Episode {
  readonly state: 'pending' | 'firing' | 'resolved'
  readonly since: number
  readonly until?: number
  readonly value: number
  readonly worst: number
}

interface Point {
  readonly time: number
  readonly value: number
  readonly final: boolean
}

/** What the points so far come to. */
interface Standing {
  readonly last: Point | undefined
  readonly open: { readonly since: number; readonly worst: number; readonly fired: boolean } | undefined
  /** The newest stretch that fired and ended. */
  readonly over: Episode | undefined
}

/** Rows of a key that may still be revised or withdrawn; what is older only stands summed up. */
export const pointsKept = 64

/**
 * One key under one limit. What it says follows from the rows of the key in the order of their event time alone,
 * whatever the order in which they came: a revised row replaces, a withdrawn one never was.
 *
 * - Beyond the limit it is pending; firing once a final row is beyond it for at least as long as the rule asks, counted
 *   from the first row beyond it; resolved by the next final row within it. Pending stretches that end leave nothing.
 * - Provisional rows may begin a stretch and show as its value; they neither fire nor resolve.
 * - A rule without a limit holds for every row: a stretch ends where the next row, or the event time of the job, is more
 *   than one window further.
 */
export class AlertTrack {
  readonly #rule: AlertRule
  /** Ms between two windows of the view. */
  readonly #every: number
  #before: Standing = { last: undefined, open: undefined, over: undefined }
  #points: Point[] = []
  #dismissed = Number.NEGATIVE_INFINITY

  constructor(rule: AlertRule, every: number) {
    this.#rule = rule
    this.#every = every
  }

  /** Event time of the newest row; −Infinity where there is none. */
  get newest(): number {
    return (this.#points.at(-1) ?? this.#before.last)?.time ?? Number.NEGATIVE_INFINITY
  }

  put(time: number, value: number, final: boolean): void {
    if (time <= this.#foldedThrough) return
    const place = this.#place(time)
    const known = this.#points[place]?.time === time
    this.#points.splice(place, known ? 1 : 0, { time, value, final })
    if (this.#points.length > pointsKept) this.#before = this.#step(this.#before, this.#points.shift()!)
  }

  /** The row of this time is withdrawn, or has no value any more. */
  remove(time: number): void {
    const place = this.#place(time)
    if (this.#points[place]?.time === time) this.#points.splice(place, 1)
  }

  /** Does not tell of what has ended by now any more. */
  dismiss(now: number): void {
    this.#dismissed = this.episode(now)?.until ?? this.#dismissed
  }

  /** @param now how far the job's results have come, in event time */
  episode(now: number): Episode | undefined {
    let standing = this.#before
    for (const point of this.#points) standing = this.#step(standing, point)
    const { last } = standing
    if (this.#unlimited && last && now - last.time >= 2 * this.#every) standing = this.#end(standing, last.time, last.value)
    const { open, over } = standing
    if (open && last) return { state: open.fired ? 'firing' : 'pending', since: open.since, value: last.value, worst: open.worst }
    return over && over.until! > this.#dismissed ? over : undefined
  }

  get #unlimited(): boolean {
    return this.#rule.above === undefined && this.#rule.below === undefined
  }

  get #foldedThrough(): number {
    return this.#before.last?.time ?? Number.NEGATIVE_INFINITY
  }

  /** The first place whose time is not before `time`; mostly the last but none. */
  #place(time: number): number {
    let place = this.#points.length
    while (place > 0 && this.#points[place - 1]!.time >= time) place--
    return place
  }

  #step(before: Standing, point: Point): Standing {
    const { last } = before
    const apart = this.#unlimited && last && point.time - last.time > this.#every
    const standing = apart ? this.#end(before, last.time, last.value) : before
    if (this.#isBeyond(point.value)) return { ...standing, last: point, open: this.#beyond(standing.open, point) }
    return { ...(point.final ? this.#end(standing, point.time, point.value) : standing), last: point }
  }

  #beyond(open: Standing['open'], point: Point): Standing['open'] {
    const since = open?.since ?? point.time
    const worst = open && !this.#isWorse(point.value, open.worst) ? open.worst : point.value
    const fired = open?.fired || (point.final && point.time - since >= this.#rule.forMs)
    return { since, worst, fired }
  }

  #end({ last, open, over }: Standing, until: number, value: number): Standing {
    if (!open?.fired) return { last, open: undefined, over }
    return { last, open: undefined, over: { state: 'resolved', since: open.since, until, value, worst: open.worst } }
  }

  #isBeyond(value: number): boolean {
    return this.#unlimited || this.#excess(value) > 0
  }

  #isWorse(value: number, than: number): boolean {
    return this.#unlimited ? value > than : this.#excess(value) > this.#excess(than)
  }

  /** How far a value is beyond the limit; more than 0 where it is. */
  #excess(value: number): number {
    const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = this.#rule
    return Math.max(value - above, below - value)
  }
}
