import type { Batch } from '../model/batch.js'
import type { State } from '../model/state.js'

interface OriginTime {
  watermark: number
  idle: boolean
}

/**
 * A valve over the watermarks of several origins (after Flink's StatusWatermarkValve): the least watermark of the
 * active origins; an origin is known from its first batch on, even an empty one; regressions are ignored; idle origins
 * hold nobody back; when all are idle the greatest watermark counts. What it says never falls.
 */
export class Watermarks {
  readonly #origins = new Map<number, OriginTime>()
  #combined = Number.NEGATIVE_INFINITY
  #idle = false

  /** Ms since the epoch; −Infinity while an active origin has none. */
  get combined(): number {
    return this.#combined
  }

  /** All origins are idle. */
  get idle(): boolean {
    return this.#idle
  }

  /** Takes the time of a batch and gives the new combined watermark. */
  update({ origin, watermark, idle }: Pick<Batch, 'origin' | 'watermark' | 'idle'>): number {
    const known = this.#origins.get(origin)
    if (known) {
      if (known.idle === idle && watermark <= known.watermark) return this.#combined
      if (watermark > known.watermark) known.watermark = watermark
      known.idle = idle
    } else this.#origins.set(origin, { watermark, idle })
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    let active = 0
    for (const one of this.#origins.values()) {
      if (one.watermark > greatest) greatest = one.watermark
      if (one.idle) continue
      active++
      if (one.watermark < least) least = one.watermark
    }
    this.#idle = active === 0
    this.#combined = Math.max(this.#combined, this.#idle ? greatest : least)
    return this.#combined
  }

  /** These origins are gone for good and hold nobody back any more. */
  forget(origins: readonly number[]): void {
    for (const origin of origins) this.#origins.delete(origin)
  }

  snapshot(): State {
    return {
      combined: this.#combined,
      origins: Int32Array.from(this.#origins.keys()),
      watermarks: Float64Array.from(this.#origins.values(), one => one.watermark),
      idle: Uint8Array.from(this.#origins.values(), one => (one.idle ? 1 : 0)),
    }
  }

  restore(state: State): void {
    const saved = state as { combined: number; origins: Int32Array; watermarks: Float64Array; idle: Uint8Array }
    this.#origins.clear()
    for (const [i, origin] of saved.origins.entries()) {
      this.#origins.set(origin, { watermark: saved.watermarks[i]!, idle: saved.idle[i] === 1 })
    }
    this.#combined = saved.combined
    this.#idle = saved.origins.length > 0 && saved.idle.every(idle => idle === 1)
  }
}
