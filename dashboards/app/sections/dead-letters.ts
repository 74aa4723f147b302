import type { DeadLetter } from '../../../src/model/api.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import { codePieces, readableSample } from '../text/dead-letter-words.js'
import { clockTime, count, dateTime } from '../text/format.js'

const shown = 8

/** Messages that were refused: when, code, reason, bytes. Whatever they contain stays text. */
export class DeadLetters implements Section {
  readonly root: HTMLElement
  readonly #body = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dead letters, newest first' })
  readonly #note = element('p')
  readonly #job: string

  constructor(job: string) {
    this.#job = job
    this.root = element(
      'section',
      { class: 'card dead-letters', id: 'dead-letters' },
      element('header', {}, element('h2', {}, 'Dead letters'), this.#note),
      this.#body,
    )
  }

  draw(state: PageState): void {
    const list = [...state.deadLetters].sort((a, b) => b.at - a.at)
    // Letters of earlier starts are kept, too.
    const total = Math.max(list.length, state.job?.counts.deadLettered ?? 0)
    replaceWhenChanged(this.#note, total > 0 ? 'some' : 'none', () => [
      total > 0 ? 'kept with their bytes; nothing else was disturbed' : 'none: every message could be read',
    ])
    this.#body.hidden = list.length === 0
    replaceWhenChanged(this.#body, `${total}|${list.map(letter => letter.id).join()}`, () => [
      this.#table(list),
      this.#more(total, list.length),
    ])
  }

  #table(list: readonly DeadLetter[]): HTMLTableElement {
    const head = ['when', 'code', 'reason', 'bytes', 'size'].map(word => element('th', { scope: 'col' }, word))
    const rows = list
      .slice(0, shown)
      .map(letter =>
        element(
          'tr',
          {},
          element('td', { title: `${dateTime(letter.at)} UTC` }, clockTime(letter.at, true)),
          element('td', {}, element('code', {}, letter.code)),
          element('td', {}, ...reasonOf(letter)),
          element('td', { class: 'bytes', title: letter.sample }, element('code', {}, readableSample(letter.sample))),
          element('td', { class: 'number' }, `${count(letter.size)} B`),
        ),
      )
    return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
  }

  #more(total: number, here: number): HTMLElement | string {
    if (total <= Math.min(here, shown)) return ''
    const href = `api/v1/dead-letters.json?job=${encodeURIComponent(this.#job)}`
    return element('p', { class: 'more' }, element('a', { href }, `All ${count(total)} as JSON`))
  }
}

/** The reason with its names set as code, and the place where it does not name it itself. */
const reasonOf = (letter: DeadLetter): readonly (Node | string)[] => {
  const words = codePieces(letter.reason).map(piece => (piece.isCode ? element('code', {}, piece.text) : piece.text))
  const { path } = letter
  return path === undefined || letter.reason.includes(path) ? words : [...words, ' at ', element('code', {}, path)]
}
