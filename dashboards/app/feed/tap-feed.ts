import type { TapEvent, TappedRow } from '../../../src/model/tap-event.js'

const keptRows = 40

/**
 * A sample of the rows that pass one edge, newest first. The server is asked only while the tab is visible and nobody
 * has paused; at most forty rows are kept.
 */
export class TapFeed {
  readonly #url: string
  readonly #onChange: () => void
  #source: EventSource | undefined
  #isPaused = false
  #isClosed = false
  rows: readonly TappedRow[] = []
  /** The last event, for its figures. */
  last: TapEvent | undefined
  /** Rows that passed since the tap was opened. */
  passed = 0
  /** How many of them were withdrawals. */
  withdrawn = 0
  /** Why there is nothing to hear. */
  failure: string | undefined
  /** Rises with every change. */
  version = 0

  constructor(job: string, from: string, to: string, onChange: () => void) {
    const query = new URLSearchParams({ from, to })
    this.#url = `api/v1/jobs/${encodeURIComponent(job)}/tap?${query}`
    this.#onChange = onChange
    document.addEventListener('visibilitychange', this.#tend)
    this.#tend()
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#tend()
    this.#changed()
  }

  close(): void {
    this.#isClosed = true
    document.removeEventListener('visibilitychange', this.#tend)
    this.#tend()
  }

  readonly #tend = (): void => {
    const isWanted = !this.#isPaused && !this.#isClosed && !document.hidden
    if (!isWanted) {
      this.#source?.close()
      this.#source = undefined
    } else if (!this.#source) this.#open()
  }

  #open(): void {
    const source = new EventSource(this.#url)
    this.#source = source
    source.addEventListener('tap', message => {
      const event = readEvent<TapEvent>(message.data)
      if (!event) return
      this.failure = undefined
      this.last = event
      this.passed += event.passed
      this.withdrawn += event.withdrawn ?? 0
      this.rows = [...[...event.rows].reverse(), ...this.rows].slice(0, keptRows)
      this.#changed()
    })
    source.addEventListener('end', message => {
      this.failure = `It ended: ${readEnd(message.data)}. Asking again.`
      this.#changed()
    })
    source.onerror = () => {
      const isRefused = source.readyState === EventSource.CLOSED
      this.failure = isRefused ? 'The server gives no sample of this edge.' : 'The connection is lost; asking again.'
      this.#changed()
    }
  }

  #changed(): void {
    this.version++
    this.#onChange()
  }
}

const readEnd = (data: unknown): string => readEvent<{ readonly reason?: string }>(data)?.reason ?? 'the job stopped'

const readEvent = <T>(data: unknown): T | undefined => {
  if (typeof data !== 'string') return undefined
  try {
    return JSON.parse(data) as T
  } catch {
    return undefined
  }
}
