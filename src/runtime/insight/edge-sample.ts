import type { Batch } from '../../model/batch.js'
import type { TapEvent } from '../../model/tap-event.js'
import { rowJson } from '../../operators/row-json.js'

/** Real ms between two samples, and rows of one: ten a second. */
export const samplePeriod = 500
const mostRows = 5

/** What has passed an edge since the last look: how many rows, and the newest of them. */
export class EdgeSample {
  readonly #from: string
  readonly #to: string
  #rows: TapEvent['rows'][number][] = []
  #passed = 0
  #withdrawn = 0
  #at = Number.NEGATIVE_INFINITY
  #watermark = Number.NEGATIVE_INFINITY
  #changed = false

  constructor(from: string, to: string) {
    this.#from = from
    this.#to = to
  }

  /** Rows are copied: their batch does not outlive the push. */
  take(batch: Batch): void {
    const { length, times, watermark, clock, removed } = batch
    this.#at = clock.wall
    if (watermark > this.#watermark) {
      this.#watermark = watermark
      this.#changed = true
    }
    if (length === 0) return
    this.#changed = true
    this.#passed += length
    this.#withdrawn += removed?.subarray(0, length).reduce((sum, one) => sum + one, 0) ?? 0
    for (let i = Math.max(0, length - mostRows); i < length; i++) {
      this.#rows.push({ eventTime: times[i]!, row: rowJson(batch, i), ...(removed?.[i] === 1 && { withdrawn: true as const }) })
    }
    if (this.#rows.length > mostRows) this.#rows.splice(0, this.#rows.length - mostRows)
  }

  /** Undefined where nothing passed, and no time either. */
  look(): TapEvent | undefined {
    if (!this.#changed) return undefined
    const event: TapEvent = {
      from: this.#from,
      to: this.#to,
      at: this.#at,
      passed: this.#passed,
      ...(this.#withdrawn > 0 && { withdrawn: this.#withdrawn }),
      watermark: Number.isFinite(this.#watermark) ? this.#watermark : null,
      rows: this.#rows,
    }
    this.#rows = []
    this.#passed = 0
    this.#withdrawn = 0
    this.#changed = false
    return event
  }
}
