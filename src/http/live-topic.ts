import type { LiveEvent, LiveRow } from '../model/api.js'
import type { View } from '../views/view.js'

/** Changes that may wait for the next frame; more of them are sent as a fresh snapshot instead. */
const mostPending = 20_000

/** A server-sent event without its id, as it goes to every reader. */
export const frameOf = (event: LiveEvent): Buffer => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)

/** One view as live readers follow it: changes since the last frame, newest of each row only. */
export class LiveTopic {
  readonly name: string
  readonly view: View
  #rows = new Map<string, { readonly row: LiveRow; readonly seen: number }>()
  #removed = new Map<string, LiveRow>()
  #overflown = false
  #anonymous = 0
  #unsubscribe: () => void

  constructor(name: string, view: View, onChange: () => void) {
    this.name = name
    this.view = view
    this.#unsubscribe = view.subscribe(change => {
      for (let i = 0; i < change.rows.length; i++) this.#put(change.keys?.[i], change.rows[i]!, change.seen[i]!)
      for (let i = 0; i < change.removed.length; i++) this.#drop(change.removedKeys?.[i], change.removed[i]!)
      onChange()
    })
  }

  get dirty(): boolean {
    return this.#overflown || this.#rows.size + this.#removed.size > 0
  }

  /** The view as it is now: its last `count` rows, and the newest one of each key that has none among them. */
  snapshot(count: number): Buffer {
    const { view } = this
    const quiet = view.quiet(count)
    return frameOf({
      type: 'snapshot',
      view: { ...view.info(), id: this.name },
      rows: view.latest(count),
      seen: view.latestSeen(count),
      ...(quiet.rows.length > 0 && { quiet }),
    })
  }

  /** What changed since the last call, as one frame. */
  flush(count: number): Buffer {
    const frame = this.#overflown
      ? this.snapshot(count)
      : frameOf({ type: 'upsert', view: this.name, ...this.#changed(), removed: [...this.#removed.values()] })
    this.#rows.clear()
    this.#removed.clear()
    this.#overflown = false
    return frame
  }

  close(): void {
    this.#unsubscribe()
  }

  #changed(): { readonly rows: readonly LiveRow[]; readonly seen: readonly number[] } {
    const rows = [...this.#rows.values()]
    return { rows: rows.map(({ row }) => row), seen: rows.map(({ seen }) => seen) }
  }

  #put(key: string | undefined, row: LiveRow, seen: number): void {
    if (this.#overflown) return
    const id = key ?? `#${this.#anonymous++}`
    this.#removed.delete(id)
    this.#rows.set(id, { row, seen })
    this.#check()
  }

  #drop(key: string | undefined, row: LiveRow): void {
    if (this.#overflown) return
    const id = key ?? `#${this.#anonymous++}`
    this.#rows.delete(id)
    this.#removed.set(id, row)
    this.#check()
  }

  #check(): void {
    if (this.#rows.size + this.#removed.size <= mostPending) return
    this.#overflown = true
    this.#rows.clear()
    this.#removed.clear()
  }
}
