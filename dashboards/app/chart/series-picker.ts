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
  readonly #rows = new Map<string, Row>()
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
    const rows = found.map(series => this.#row(series))
    replaceWhenChanged(this.#list, found.map(series => series.key).join('\u0000'), () => rows.map(({ label }) => label))
    for (const [i, { box }] of rows.entries()) {
      box.checked = this.#chosen.includes(found[i]!.key)
      box.disabled = !box.checked && this.#chosen.length >= seriesColours
    }
  }

  /** The same for the same series: a box that was pressed keeps the focus. */
  #row({ key, label: name }: KeySeries): Row {
    const known = this.#rows.get(key)
    if (known) return known
    const box = element('input', { type: 'checkbox' })
    const row = { box, label: element('label', {}, box, ` ${name}`) }
    box.addEventListener('change', () => this.#onChange(box.checked ? [...this.#chosen, key] : this.#chosen.filter(other => other !== key)))
    this.#rows.set(key, row)
    return row
  }
}

interface Row {
  readonly box: HTMLInputElement
  readonly label: HTMLLabelElement
}
