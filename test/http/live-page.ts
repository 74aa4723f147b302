import type { LiveEvent, LiveRow } from '../../src/model/api.js'
import { type EventReader, eventReader } from './event-reader.js'

/** Ms before it comes back, as the server asks for. */
const retryMs = 1_000

/** What an EventSource does, and a page that holds the rows of one view by what identifies them. */
export class LivePage {
  readonly rows = new Map<string, LiveRow>()
  /** Kinds of events in the order in which they came, neighbours of a kind once. */
  readonly heard: string[] = []
  #url: string
  #key: (row: LiveRow) => string
  #reader: EventReader | undefined
  #lastId: string | undefined
  #timer: NodeJS.Timeout | undefined
  #left = false

  constructor(url: string, key: (row: LiveRow) => string) {
    this.#url = url
    this.#key = key
    void this.#connect()
  }

  /** Loses its connection, and does not come back before it is told to. */
  leave(): void {
    this.#left = true
    clearTimeout(this.#timer)
    this.#lastId = this.#reader?.lastId() ?? this.#lastId
    this.#reader?.leave()
  }

  comeBack(): void {
    this.#left = false
    void this.#connect()
  }

  async #connect(): Promise<void> {
    try {
      this.#reader = await eventReader(this.#url, ({ data }) => this.#take(JSON.parse(data) as LiveEvent), {
        ...(this.#lastId !== undefined && { lastEventId: this.#lastId }),
        ended: () => this.#retry(),
      })
      if (this.#left) this.#reader.leave()
    } catch {
      this.#retry()
    }
  }

  #retry(): void {
    this.#lastId = this.#reader?.lastId() ?? this.#lastId
    if (!this.#left) this.#timer = setTimeout(() => void this.#connect(), retryMs)
  }

  #take(event: LiveEvent): void {
    if (this.heard.at(-1) !== event.type) this.heard.push(event.type)
    if (event.type === 'reset' || event.type === 'snapshot') this.rows.clear()
    if (event.type !== 'upsert' && event.type !== 'snapshot') return
    for (const row of event.rows) this.rows.set(this.#key(row), row)
    if (event.type === 'upsert') for (const row of event.removed) this.rows.delete(this.#key(row))
  }
}
