import type { LateRow } from '../../../src/model/late-row.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import { getJson } from '../feed/get-json.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { count, dateTime, duration, exactMoment } from '../text/format.js'
import { type LateMessage, lateMessages, newestLate } from '../text/late-messages.js'
import { rowWords } from '../text/row-words.js'
import { windowWords } from '../text/window-words.js'

const shown = 8
/** Operators report a message one after the other: enough that those shown are whole. */
const asked = 200
/** As many as the server lists. */
const mostListed = 1000
/** Real ms between two requests while the list can be seen, and while it cannot: who jumps there finds no old one. */
const seenEveryMs = 2000
const unseenEveryMs = 6000

/** Rows that came after their window had closed: which window they missed, and by how much. */
export class LateRows implements Section {
  readonly root: HTMLElement
  readonly #context: PageContext
  readonly #note = element('p')
  readonly #body = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Late rows, newest first' })
  #messages: readonly LateMessage[] = []
  /** The server lists more of them than are shown. */
  #hasMore = false
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
    this.#ask(late, this.#context.screen.has(this.root) ? seenEveryMs : unseenEveryMs)
    const words = lateWords(late, this.#messages.length === 0 && this.#askedAt === late)
    replaceWhenChanged(this.#note, words, () => [words])
    this.#body.hidden = this.#messages.length === 0
    const now = job?.now ?? 0
    const today = dateTime(now).slice(0, 10)
    replaceWhenChanged(this.#body, `${today}${this.#hasMore}${JSON.stringify(this.#messages)}`, () => [
      table(this.#messages, now),
      this.#hasMore ? this.#more() : '',
    ])
  }

  dispose(): void {
    this.#context.screen.forget(this.root)
  }

  /** Only when there are new ones, or none are known of those that are counted. */
  #ask(late: number, everyMs: number): void {
    const now = performance.now()
    const knowsThem = late === this.#askedAt && (late === 0 || this.#messages.length > 0)
    if (knowsThem || now - this.#asked < everyMs) return
    this.#asked = now
    void getJson<LateRow[]>(this.#address(asked)).then(rows => {
      if (!rows) return
      const told = lateMessages(rows)
      // Fewer than before: the job began anew.
      this.#messages = newestLate(late < this.#askedAt ? [] : this.#messages, told, shown)
      this.#hasMore = told.length > shown
      this.#askedAt = late
      this.#context.mark()
    })
  }

  #address(limit: number): string {
    return `api/v1/jobs/${encodeURIComponent(this.#context.job)}/late?limit=${limit}`
  }

  #more(): HTMLElement {
    return element('p', { class: 'more' }, element('a', { href: this.#address(mostListed) }, 'More as JSON'))
  }
}

/** @param isUnknown the server lists none of them: a process knows those since its start, and what it took in again then */
const lateWords = (late: number, isUnknown: boolean): string => {
  if (late === 0) return 'none: every row came before its window closed'
  const order = isUnknown ? 'before this process began' : 'newest first'
  return `${count(late)} in all, ${order}; each counted, and in no result of the windows that it missed`
}

const table = (messages: readonly LateMessage[], now: number): HTMLTableElement => {
  const head = ['came', 'row', 'of', 'missed the window', 'by'].map(word => element('th', { scope: 'col' }, word))
  const lines = messages.map(({ at, row, eventTime, missed }) =>
    element(
      'tr',
      {},
      element('td', { title: `${dateTime(at)} UTC` }, exactMoment(at, now)),
      element('td', { class: 'row-words' }, rowWords(row, eventTime)),
      element('td', { title: `${dateTime(eventTime)} UTC` }, exactMoment(eventTime, now)),
      element('td', {}, ...missed.map(window => missedLine(window, now))),
      element('td', { class: 'number' }, ...missed.map(({ missedBy }) => element('div', {}, duration(missedBy)))),
    ),
  )
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...lines))
}

/** `13:04–13:05 of humidity and climate`. */
const missedLine = ({ start, end, nodes }: LateMessage['missed'][number], now: number): HTMLElement => {
  const names = nodes.flatMap((node, i) => [i === 0 ? ' of ' : i === nodes.length - 1 ? ' and ' : ', ', element('code', {}, node)])
  return element('div', {}, windowWords(start, end, now), ...names)
}
