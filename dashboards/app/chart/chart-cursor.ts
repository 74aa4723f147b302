import { element, setAttribute, setText } from '../dom/element.js'
import { reading } from '../text/format.js'
import type { ChartData } from './chart-data.js'
import { pointWords } from './point-words.js'

const hint = matchMedia('(pointer: coarse)').matches ? 'Touch the chart to read its values' : 'Point at the chart, or focus it and use ← →'

/**
 * The cursor of a chart for pointer and keyboard. What is under it is written beside the chart; moves by keyboard are
 * also spoken, politely. The keyboard's cursor stays on its time while new data arrives.
 */
export class ChartCursor {
  readonly readout = element('p', { class: 'readout' }, hint)
  readonly spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' })
  readonly #host: HTMLElement
  readonly #title: string
  readonly #onMove: () => void
  #data: ChartData | undefined
  /** The job's clock. */
  #now = 0
  #names: readonly string[] = []
  #hasBand = false
  #unit: string | undefined
  #cleared = false
  #labelled = Number.NEGATIVE_INFINITY
  /** Time under the keyboard's cursor; undefined while it is away. */
  keyTime: number | undefined

  constructor(title: string, host: HTMLElement, onMove: () => void) {
    this.#host = host
    this.#title = title
    this.#onMove = onMove
    host.tabIndex = 0
    host.setAttribute('role', 'group')
    host.setAttribute('aria-roledescription', 'chart')
    host.setAttribute('aria-label', title)
    host.addEventListener('keydown', event => this.#key(event))
    host.addEventListener('blur', () => this.#clear())
    host.addEventListener('pointerenter', () => this.#clear())
  }

  update(data: ChartData, clock: number, names: readonly string[], hasBand: boolean, unit: string | undefined): void {
    this.#data = data
    this.#now = clock
    this.#names = names
    this.#hasBand = hasBand
    this.#unit = unit
    if (this.keyTime !== undefined) setText(this.readout, this.#describe(this.#slotOf(this.keyTime)))
    // Nobody can listen faster.
    const now = performance.now()
    if (now - this.#labelled < 1000) return
    this.#labelled = now
    const isEmpty = data.x.length === 0
    const summary = isEmpty ? 'no data yet' : names.map((name, s) => `${name} ${reading(lastOf(data.values[s]!))}`).join(', ')
    setAttribute(this.#host, 'aria-label', `${this.#title}${unit ? ` in ${unit}` : ''}. Last values: ${summary}. Arrow keys move a cursor.`)
  }

  /** The plot reports what is under its cursor. */
  pointed(slot: number | null): void {
    setText(this.readout, slot === null || !this.#data ? hint : this.#describe(slot))
  }

  /** True once after the keyboard's cursor went away. */
  wasCleared(): boolean {
    const cleared = this.#cleared
    this.#cleared = false
    return cleared
  }

  #clear(): void {
    if (this.keyTime === undefined) return
    this.keyTime = undefined
    this.#cleared = true
    this.#onMove()
  }

  #key(event: KeyboardEvent): void {
    const data = this.#data
    if (!data || data.x.length === 0) return
    const last = data.x.length - 1
    const first = Math.max(
      0,
      data.x.findIndex(time => time >= data.from),
    )
    const at = this.keyTime === undefined ? last + 1 : this.#slotOf(this.keyTime)
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: first,
      End: last,
    }
    const target = moves[event.key]
    if (event.key === 'Escape') this.#clear()
    if (target === undefined) return
    event.preventDefault()
    const slot = Math.max(first, Math.min(last, target))
    this.keyTime = data.x[slot]!
    const words = this.#describe(slot)
    setText(this.readout, words)
    setText(this.spoken, words)
    this.#onMove()
  }

  #slotOf(time: number): number {
    const data = this.#data
    if (!data) return 0
    let best = 0
    for (let i = 1; i < data.x.length; i++) if (Math.abs(data.x[i]! - time) < Math.abs(data.x[best]! - time)) best = i
    return best
  }

  #describe(slot: number): string {
    const data = this.#data
    if (!data || data.x[slot] === undefined) return hint
    const time = data.x[slot]
    const parts = this.#names.flatMap((name, s) => {
      const value = data.values[s]?.[slot]
      if (value === undefined || Number.isNaN(value)) return []
      const band = this.#hasBand ? ` (${reading(data.lows[s]![slot])}–${reading(data.highs[s]![slot])})` : ''
      return [`${name} ${reading(value)}${band}`]
    })
    const open = time >= data.openFrom ? ', still open' : ''
    const unit = this.#unit ? ` ${this.#unit}` : ''
    return `${pointWords(time, data.window, this.#now)}${open}: ${parts.length > 0 ? `${parts.join(', ')}${unit}` : 'no values'}`
  }
}

const lastOf = (values: Float64Array): number => values.findLast(value => !Number.isNaN(value)) ?? Number.NaN
