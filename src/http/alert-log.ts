import type { AlertChange } from '../alerts/alert-book.js'
import type { Alert } from '../model/alert.js'
import type { Log, TimeSource } from '../model/seams.js'

/** Lines in one second; of more only the number is told. */
const mostLines = 10

/** Tells the person at the terminal when alerts fire and when they are over; a storm of them in one line a second. */
export class AlertLog {
  readonly #log: Log
  readonly #time: TimeSource
  #second = Number.NEGATIVE_INFINITY
  #lines = 0
  #untold = 0
  #level: Alert['level'] = 'warning'

  constructor(log: Log, time: TimeSource) {
    this.#log = log
    this.#time = time
  }

  tell({ kind, alert }: AlertChange): void {
    this.flush()
    if (this.#lines === mostLines) {
      this.#untold++
      if (alert.level === 'critical') this.#level = 'critical'
    } else {
      this.#lines++
      const fields = { job: alert.job, level: alert.level }
      if (kind === 'fires') this.#log.warn(`alert: ${alert.sentence}`, fields)
      else this.#log.info(`alert: ${alert.sentence}`, fields)
    }
  }

  /** Tells how many were not told, once their second is over. */
  flush(): void {
    const second = Math.floor(this.#time.monotonic() / 1000)
    if (second === this.#second) return
    this.#second = second
    this.#lines = 0
    if (this.#untold > 0) {
      const alerts = this.#untold === 1 ? '1 more alert fired or is over' : `${this.#untold} more alerts fired or are over`
      this.#log.warn(`${alerts}; all are at /api/v1/alerts`, { level: this.#level })
    }
    this.#untold = 0
    this.#level = 'warning'
  }
}
