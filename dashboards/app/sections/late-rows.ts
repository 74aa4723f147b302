import type { LateRow } from '../../../src/model/late-row.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import { getJson } from '../feed/get-json.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { clockTime, count, dateTime, duration } from '../text/format.js'
import { rowWords } from '../text/row-words.js'

const shown = 8
const everyMs = 2000

/** Rows that came after their window had closed: which window they missed, and by how much. */
export class LateRows implements Section {
  readonly root: HTMLElement
  readonly #context: PageContext
  readonly #note = element('p')
  readonly #body = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Late rows, newest first' })
  #rows: readonly LateRow[] = []
  #asked = Number.NEGATIVE_INFINITY
  #askedAt = -1

  constructor(context: PageContext) {
    this.#context = context
    this.root = element(
      'section',
      { class: 'card late-rows', id: 'late-rows', 'aria-label': 'Late rows' },
      element('header', {}, element('h2', {}, 'Late rows'), this.#note),
      this.#body,
    )
    context.screen.watch(this.root)
  }

  draw({ job }: PageState): void {
    const late = job?.counts.late ?? 0
    if (this.#context.screen.has(this.root)) this.#ask(late)
    const words = late === 0 ? 'none: every row came before its window closed' : lateWords(late)
    replaceWhenChanged(this.#note, words, () => [words])
    this.#body.hidden = this.#rows.length === 0
    replaceWhenChanged(this.#body, JSON.stringify(this.#rows), () => [table(this.#rows)])
  }

  dispose(): void {
    this.#context.screen.forget(this.root)
  }

  /** Only when there are new ones, while somebody can see them, and at most every two seconds. */
  #ask(late: number): void {
    const now = performance.now()
    if (late === this.#askedAt || now - this.#asked < everyMs) return
    this.#asked = now
    void getJson<LateRow[]>(`api/v1/jobs/${encodeURIComponent(this.#context.job)}/late?limit=${shown}`).then(rows => {
      if (!rows) return
      this.#askedAt = late
      this.#rows = rows
      this.#context.mark()
    })
  }
}

/** One message may be late for several windows, and then has a line for each. */
const lateWords = (late: number): string =>
  `${count(late)} in all, newest first; each counted, and in no result of the window that it missed`

const table = (rows: readonly LateRow[]): HTMLTableElement => {
  const head = ['came', 'row', 'of', 'missed the window', 'by'].map(word => element('th', { scope: 'col' }, word))
  const lines = rows.map(({ at, row, eventTime, window, node, missedBy }) =>
    element(
      'tr',
      {},
      element('td', { title: `${dateTime(at)} UTC` }, clockTime(at, true)),
      element('td', { class: 'row-words' }, rowWords(row)),
      element('td', { title: `${dateTime(eventTime)} UTC` }, clockTime(eventTime, true)),
      element('td', {}, `${clockTime(window.start)}–${clockTime(window.end)} of `, element('code', {}, node)),
      element('td', { class: 'number' }, duration(missedBy)),
    ),
  )
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...lines))
}
