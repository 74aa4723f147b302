import { element, setAttribute, setText, svgElement } from '../dom/element.js'
import type { KeySeries, WindowGrid } from '../store/window-grid.js'
import { duration, reading } from '../text/format.js'
import { shortName } from '../text/short-name.js'
import type { DeviceAlert } from './device-order.js'

/** What a device's card says. */
export interface DeviceFacts {
  readonly series: KeySeries
  readonly value: number
  readonly unit: string | undefined
  /** Ms on the job's clock since its last row. */
  readonly age: number
  readonly isQuiet: boolean
  readonly alert: DeviceAlert | undefined
  readonly colour: number
}

/** A device's state in a few words. */
export const deviceState = ({ alert, isQuiet, age, value }: Pick<DeviceFacts, 'alert' | 'isQuiet' | 'age' | 'value'>): string => {
  if (alert) return alert.words
  if (isQuiet) return `quiet for ${duration(age)}`
  return Number.isNaN(value) ? 'no value' : 'normal'
}

/** Of a name, before the style sheet cuts it to the card's width. */
const mostLetters = 40
const width = 240
const height = 56

/** One device: name, age, small line, last value and a word about its state. */
export class DeviceCard {
  readonly #name = element('b')
  readonly #age = element('span')
  readonly #line = svgElement('path')
  /** A line of no length with round ends: a circle would be squeezed with the drawing. */
  readonly #dot = svgElement('path', { class: 'dot' })
  readonly #value = element('span')
  readonly #unit = element('i')
  readonly #note = element('span', { class: 'note' })
  readonly root: HTMLElement

  constructor() {
    const svg = svgElement(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      this.#line,
      this.#dot,
    )
    this.root = element(
      'article',
      { class: 'card device' },
      element('header', {}, this.#name, this.#age),
      svg,
      element('footer', {}, element('span', { class: 'big' }, this.#value, this.#unit), this.#note),
    )
  }

  draw(facts: DeviceFacts, grid: WindowGrid, column: number, from: number, scale: readonly [number, number]): void {
    const { label } = facts.series
    setText(this.#name, shortName(label, mostLetters))
    setAttribute(this.#name, 'title', label)
    setAttribute(this.root, 'aria-label', label)
    setText(this.#age, facts.age < 1000 ? 'now' : `${duration(facts.age)} ago`)
    setText(this.#value, reading(facts.value))
    setText(this.#unit, facts.unit ? ` ${facts.unit}` : '')
    setText(this.#note, deviceState(facts))
    setAttribute(
      this.root,
      'class',
      `card device s${facts.colour + 1}${facts.alert ? ` alert ${facts.alert.level}` : ''}${facts.isQuiet ? ' quiet' : ''}`,
    )
    this.#drawLine(facts.series, grid, column, from, scale)
  }

  #drawLine(series: KeySeries, grid: WindowGrid, column: number, from: number, [low, high]: readonly [number, number]): void {
    const slots = Math.max(2, grid.length - from)
    let path = ''
    let pen = 'M'
    let lastX = Number.NaN
    let lastY = Number.NaN
    for (let slot = from; slot < grid.length; slot++) {
      const value = grid.value(series, column, slot)
      if (Number.isNaN(value)) {
        pen = 'M'
        continue
      }
      lastX = 3 + ((slot - from) / (slots - 1)) * (width - 8)
      lastY = height - 5 - ((value - low) / (high - low)) * (height - 10)
      path += `${pen}${lastX.toFixed(1)} ${lastY.toFixed(1)}`
      pen = 'L'
    }
    setAttribute(this.#line, 'd', path)
    setAttribute(this.#dot, 'd', Number.isNaN(lastX) ? '' : `M${lastX.toFixed(1)} ${lastY.toFixed(1)}h0`)
  }
}
