import { element, replaceWhenChanged } from '../dom/element.js'
import { reading } from '../text/format.js'
import type { ChartData } from './chart-data.js'
import { pointWords } from './point-words.js'

const maxRows = 120

/** The same numbers as a table, newest first. */
export class ChartTable {
  readonly root = element('div', { class: 'table-view', hidden: true, tabindex: 0, role: 'region' })

  constructor(title: string) {
    this.root.setAttribute('aria-label', `${title}, as a table`)
  }

  get isShown(): boolean {
    return !this.root.hidden
  }

  update(data: ChartData, now: number, names: readonly string[], hasBand: boolean, version: number): void {
    if (this.root.hidden) return
    replaceWhenChanged(this.root, `${version}|${data.from}|${names.join()}`, () => [this.#table(data, now, names, hasBand)])
  }

  #table(data: ChartData, now: number, names: readonly string[], hasBand: boolean): HTMLTableElement {
    const head = element(
      'tr',
      {},
      element('th', { scope: 'col' }, data.window ? 'window (UTC)' : 'time (UTC)'),
      ...names.map(name => element('th', { scope: 'col' }, name)),
    )
    const rows: HTMLTableRowElement[] = []
    for (let i = data.x.length - 1; i >= 0 && rows.length < maxRows; i--) {
      const time = data.x[i]!
      if (time < data.from) break
      const isOpen = time >= data.openFrom
      const label = pointWords(time, data.window, now)
      const cells = names.map((_, s) => element('td', {}, cell(data, s, i, hasBand)))
      rows.push(element('tr', {}, element('th', { scope: 'row' }, isOpen ? `${label} open` : label), ...cells))
    }
    return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows))
  }
}

const cell = (data: ChartData, s: number, i: number, hasBand: boolean): string => {
  const value = data.values[s]![i]!
  if (Number.isNaN(value)) return '–'
  return hasBand ? `${reading(value)} (${reading(data.lows[s]![i])}–${reading(data.highs[s]![i])})` : reading(value)
}
