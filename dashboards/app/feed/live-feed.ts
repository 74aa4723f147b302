import type { LiveEvent } from '../../../src/model/api.js'
import type { Connection } from '../text/health-sentence.js'

const events = ['snapshot', 'upsert', 'progress', 'alerts', 'demo', 'reset'] as const
const retryMs = 500
/** Progress comes about once a second; this long without any event the page stops claiming to be live. */
const silentMs = 8000

/** The page's one stream. It resumes by itself, and says honestly whether it hears the server. */
export class LiveFeed {
  readonly #url: string
  readonly #onEvent: (event: LiveEvent) => void
  readonly #onChange: () => void
  readonly #onBack: (tookMs: number) => void
  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #opened = false
  #broken = false
  #heard = performance.now()
  #lostAt: number | undefined

  /** @param onBack called when the server is heard again after a loss, with the real ms that it took */
  constructor(url: string, onEvent: (event: LiveEvent) => void, onChange: () => void, onBack: (tookMs: number) => void) {
    this.#url = url
    this.#onEvent = onEvent
    this.#onChange = onChange
    this.#onBack = onBack
    this.#connect()
  }

  /** Ms of real time since the last event. */
  silentFor(now = performance.now()): number {
    return now - this.#heard
  }

  connection(now = performance.now()): Connection {
    if (this.#broken) return 'reconnecting'
    if (!this.#opened) return 'connecting'
    return this.silentFor(now) > silentMs ? 'silent' : 'live'
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#source?.close()
  }

  #tellBack(): void {
    if (this.#lostAt === undefined) return
    const took = performance.now() - this.#lostAt
    this.#lostAt = undefined
    this.#onBack(took)
  }

  #connect(): void {
    const source = new EventSource(this.#url)
    this.#source = source
    for (const type of events) {
      source.addEventListener(type, message => {
        const event = readEvent(type, message.data)
        if (!event) return
        this.#opened = true
        this.#broken = false
        this.#tellBack()
        this.#heard = performance.now()
        this.#onEvent(event)
      })
    }
    source.onerror = () => {
      this.#broken = true
      if (this.#opened) this.#lostAt ??= performance.now()
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(this.#retry)
        this.#retry = setTimeout(() => this.#connect(), retryMs)
      }
      this.#onChange()
    }
  }
}

/** One event of the contract; the event's name wins over what the data says. A cut-off event is skipped, its rows come again with the resume. */
const readEvent = (type: LiveEvent['type'], data: unknown): LiveEvent | undefined => {
  if (typeof data !== 'string') return undefined
  try {
    return { ...(JSON.parse(data) as object), type } as LiveEvent
  } catch {
    return undefined
  }
}
