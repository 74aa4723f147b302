import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { KeySeries } from '../store/window-grid.js'
import { plural } from '../text/format.js'
import { seriesColours } from './palette.js'

const listed = 200

/** Chooses which series a chart shows when there are more than it can tell apart. */
export class SeriesPicker {
  readonly root: HTMLDetailsElement
  readonly #summary = element('summary')
  readonly #filter: HTMLInputElement
  readonly #list = element('div', { class: 'picks', role: 'group', 'aria-label': 'Series' })
  readonly #note = element('p', { class: 'soft' })
  readonly #onChange: (keys: readonly string[]) => void
  #keys: readonly KeySeries[] = []
  #chosen: readonly string[] = []

  constructor(onChange: (keys: readonly string[]) => void) {
    this.#onChange = onChange
    this.#filter = element('input', { type: 'search', placeholder: 'find a series', 'aria-label': 'Find a series' })
    this.#filter.addEventListener('input', () => this.#show())
    this.root = element(
      'details',
      { class: 'picker', hidden: true },
      this.#summary,
      element('div', { class: 'popup' }, this.#filter, this.#list, this.#note),
    )
    this.#summary.addEventListener('click', () => this.#show())
  }

  update(keys: readonly KeySeries[], chosen: readonly string[], refused: number): void {
    this.#keys = keys
    this.#chosen = chosen
    this.root.hidden = keys.length <= seriesColours
    if (this.root.hidden) return
    setText(this.#summary, `${chosen.length} of ${plural(keys.length + refused, 'series', 'series')}`)
    const limit = `At most ${seriesColours} at once, so that each can be told apart; the grey band is the range of the others.`
    setText(this.#note, refused > 0 ? `${limit} ${plural(refused, 'more key')} arrived and cannot be kept here.` : limit)
    if (this.root.open) this.#show()
  }

  #show(): void {
    const word = this.#filter.value.toLowerCase()
    const found = this.#keys.filter(series => series.label.toLowerCase().includes(word)).slice(0, listed)
    const description = `${word}|${found.map(series => series.key).join()}|${this.#chosen.join()}`
    replaceWhenChanged(this.#list, description, () => found.map(series => this.#row(series)))
  }

  #row(series: KeySeries): HTMLLabelElement {
    const isChosen = this.#chosen.includes(series.key)
    const box = element('input', { type: 'checkbox', checked: isChosen, disabled: !isChosen && this.#chosen.length >= seriesColours })
    box.addEventListener('change', () => {
      const next = box.checked ? [...this.#chosen, series.key] : this.#chosen.filter(key => key !== series.key)
      this.#onChange(next)
    })
    return element('label', {}, box, ` ${series.label}`)
  }
}
