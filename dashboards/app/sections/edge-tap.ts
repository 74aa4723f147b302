import type { JobGraph, JobSummary } from '../../../src/model/api.js'
import { element, replaceWhenChanged, setText } from '../dom/element.js'
import { TapFeed } from '../feed/tap-feed.js'
import { arrivalNodes } from '../text/arrival-nodes.js'
import { count, exactMoment, plural } from '../text/format.js'
import { cellWords, columnsOf } from '../text/row-words.js'
import type { GraphPanel } from './graph-panel.js'

/** The rows that pass one edge of the graph, as they pass: a sample that can be paused. */
export class EdgeTap implements GraphPanel {
  readonly root: HTMLElement
  readonly #feed: TapFeed
  readonly #from: string
  readonly #pause = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause')
  readonly #figures = element('p', { class: 'soft' })
  readonly #rows: HTMLElement
  #drawn = -1

  constructor(job: string, edge: { readonly from: string; readonly to: string }, title: string, close: () => void, mark: () => void) {
    this.#from = edge.from
    this.#feed = new TapFeed(job, edge.from, edge.to, mark)
    this.#rows = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Rows on ${title}, newest first` })
    this.#pause.addEventListener('click', () => {
      this.#feed.pause(!this.#feed.isPaused)
      this.#pause.setAttribute('aria-pressed', String(this.#feed.isPaused))
      setText(this.#pause, this.#feed.isPaused ? 'Go on' : 'Pause')
    })
    const away = element('button', { type: 'button' }, 'Close')
    away.addEventListener('click', close)
    const head = element('header', {}, element('h3', {}, title), this.#figures, element('div', { class: 'ranges' }, this.#pause, away))
    this.root = element('div', { class: 'graph-panel tap' }, head, this.#rows)
  }

  draw(graph: JobGraph, { now }: JobSummary): void {
    const { version, rows, last, passed, withdrawn, failure, isPaused } = this.#feed
    if (version === this.#drawn) return
    this.#drawn = version
    const isArrival = arrivalNodes(graph).has(this.#from)
    const columns = columnsOf(rows.map(({ row }) => row))
    const all = new Set(rows.flatMap(({ row }) => Object.keys(row))).size
    const cut = all > columns.length ? ` · the first ${columns.length} of ${all} columns` : ''
    const watermark = last?.watermark == null || isArrival ? '' : ` · watermark ${exactMoment(last.watermark, now)}`
    const seen =
      passed > 0
        ? `a sample of ${plural(passed, 'row')} that passed${withdrawn > 0 ? `, ${count(withdrawn)} of them withdrawals` : ''}`
        : 'listening; no row has passed yet'
    setText(this.#figures, failure ?? `${isPaused ? 'paused · ' : ''}${seen}${cut}${watermark}`)
    replaceWhenChanged(this.#rows, `${passed}|${rows.length}`, () => {
      if (rows.length === 0) return []
      const names = [isArrival ? 'came' : 'event time', ...columns].map(name => element('th', { scope: 'col' }, name))
      const lines = rows.map(({ eventTime, row, withdrawn: isWithdrawn }) =>
        element(
          'tr',
          isWithdrawn ? { class: 'soft' } : {},
          ...[
            `${exactMoment(eventTime, now)}${isWithdrawn ? ' withdrawn' : ''}`,
            ...columns.map(name => cellWords(row[name], eventTime)),
          ].map(text => element('td', {}, text)),
        ),
      )
      const caption = element('caption', { class: 'visually-hidden' }, `${count(rows.length)} rows, newest first`)
      return [element('table', {}, caption, element('thead', {}, element('tr', {}, ...names)), element('tbody', {}, ...lines))]
    })
  }

  dispose(): void {
    this.#feed.close()
  }
}
