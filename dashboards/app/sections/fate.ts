import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import { barShares } from '../text/bar-shares.js'
import { count } from '../text/format.js'

/** Where more is told of a kind. */
const places: Readonly<Record<string, string>> = { dead: '#dead-letters', late: '#late-rows' }

/** What became of every message: counted + late + duplicate + dead letters (+ skipped + waiting) = received. */
export class Fate implements Section {
  readonly root: HTMLElement
  readonly #title = element('h2')
  readonly #bar = element('div', { class: 'bar', role: 'img' })
  readonly #list = element('dl')
  /** Figures by the name of their kind: the same elements while they move, so that a link in one keeps the focus. */
  readonly #figures = new Map<string, HTMLElement>()

  constructor() {
    this.root = element('article', { class: 'card fate', 'aria-label': 'What became of the messages' }, this.#title, this.#bar, this.#list)
  }

  draw(state: PageState): void {
    const counts = state.job?.counts
    if (!counts) return
    const kinds = [
      { name: 'counted', word: 'counted', value: counts.counted, always: true },
      { name: 'late', word: 'late', value: counts.late, always: true },
      { name: 'dup', word: 'duplicate', value: counts.duplicate, always: true },
      { name: 'dead', word: 'dead letters', value: counts.deadLettered, always: true },
      { name: 'skipped', word: 'skipped', value: counts.skipped, always: false },
      { name: 'waiting', word: 'waiting', value: counts.waiting, always: false },
    ].filter(kind => kind.always || kind.value > 0)
    setText(this.#title, `What became of ${count(counts.received)} messages`)
    const words = kinds.map(kind => `${count(kind.value)} ${kind.word}`).join(', ')
    if (this.#bar.getAttribute('aria-label') === words) return
    this.#bar.setAttribute('aria-label', words)
    const parts = kinds.filter(kind => kind.value > 0)
    replaceWhenChanged(this.#bar, parts.map(kind => kind.name).join(), () => parts.map(kind => element('i', { class: kind.name })))
    const shares = barShares(parts.map(kind => kind.value))
    parts.forEach((_, i) => {
      const piece = this.#bar.children[i]
      if (piece instanceof HTMLElement) piece.style.flexGrow = String(shares[i])
    })
    const placeOf = ({ name, value }: (typeof kinds)[number]): string | undefined => (value > 0 ? places[name] : undefined)
    replaceWhenChanged(this.#list, kinds.map(kind => `${kind.name} ${placeOf(kind)}`).join(), () => {
      return kinds.flatMap(kind => {
        const place = placeOf(kind)
        const figure = place ? element('a', { href: place }) : element('span')
        this.#figures.set(kind.name, figure)
        return [element('dt', { class: kind.name }, kind.word), element('dd', {}, figure)]
      })
    })
    for (const { name, value } of kinds) setText(this.#figures.get(name)!, count(value))
  }
}
