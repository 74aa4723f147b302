import { element } from '../dom/element.js'

const leastColumns = 1
const assumedHeight = 166

/** What stands in the grid. */
export interface Card {
  readonly root: HTMLElement
}

/**
 * Many cards of one height, of which only those are made that can be seen: a thousand devices cost no more than twenty.
 * Beyond `mostRows` rows the grid scrolls by itself; where nothing may scroll it shows what fits.
 */
export class CardGrid<C extends Card> {
  readonly root: HTMLElement
  readonly #grid = element('div', { class: 'devices' })
  readonly #make: () => C
  readonly #canScroll: boolean
  readonly #resize: ResizeObserver
  readonly #cards = new Map<string, C>()
  #isMeasured = false
  #columns = 4
  #rowHeight = assumedHeight
  #shown: readonly string[] = []
  /** Keys that there was no room for. */
  hidden = 0

  constructor(label: string, make: () => C, canScroll: boolean, mark: () => void) {
    this.#make = make
    this.#canScroll = canScroll
    this.root = element('div', { class: 'devices-box', role: 'region', 'aria-label': label }, this.#grid)
    this.root.addEventListener('scroll', mark, { passive: true })
    this.#resize = new ResizeObserver(() => {
      this.#isMeasured = false
      mark()
    })
    this.#resize.observe(this.root)
  }

  /** Draws the cards that can be seen. */
  draw(keys: readonly string[], mostRows: number, show: (card: C, key: string) => void): void {
    if (!this.#isMeasured) this.#measure()
    const rows = Math.ceil(keys.length / this.#columns)
    const isLong = this.#canScroll && rows > mostRows
    this.root.classList.toggle('long', isLong)
    this.root.toggleAttribute('tabindex', isLong)
    if (isLong) this.root.tabIndex = 0
    const fitting = Math.max(1, Math.floor((this.root.clientHeight + 16) / this.#rowHeight))
    const first = isLong ? Math.max(0, Math.min(rows - 1, Math.floor(this.root.scrollTop / this.#rowHeight) - 1)) : 0
    const last = isLong ? Math.min(rows, first + fitting + 3) : this.#canScroll ? rows : Math.min(rows, fitting)
    const shown = keys.slice(first * this.#columns, last * this.#columns)
    this.hidden = this.#canScroll ? 0 : keys.length - shown.length
    this.#grid.style.paddingTop = `${first * this.#rowHeight}px`
    this.#grid.style.paddingBottom = isLong ? `${(rows - last) * this.#rowHeight}px` : '0'
    this.#place(shown)
    for (const key of shown) show(this.#cards.get(key)!, key)
  }

  dispose(): void {
    this.#resize.disconnect()
  }

  #place(shown: readonly string[]): void {
    if (shown.length === this.#shown.length && shown.every((key, i) => key === this.#shown[i])) return
    const wasEmpty = this.#shown.length === 0
    this.#shown = shown
    const wanted = new Set(shown)
    const free: C[] = []
    for (const [key, card] of this.#cards) {
      if (wanted.has(key)) continue
      free.push(card)
      this.#cards.delete(key)
    }
    for (const key of shown) if (!this.#cards.has(key)) this.#cards.set(key, free.pop() ?? this.#make())
    this.#grid.replaceChildren(...shown.map(key => this.#cards.get(key)!.root))
    if (wasEmpty) this.#isMeasured = false
  }

  #measure(): void {
    const style = getComputedStyle(this.#grid)
    const columns = style.gridTemplateColumns.split(' ').filter(width => Number.parseFloat(width) > 0).length
    this.#columns = Math.max(leastColumns, columns)
    const card = this.#grid.firstElementChild
    if (card instanceof HTMLElement && card.offsetHeight > 0) {
      this.#rowHeight = card.offsetHeight + (Number.parseFloat(style.rowGap) || 0)
      this.#isMeasured = true
    }
  }
}
