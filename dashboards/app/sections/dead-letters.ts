import type { DeadLetter } from '../../../src/model/api.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { count, exactMoment } from '../text/format.js'
import { DeadLetterRow } from './dead-letter-row.js'

const shown = 8

/** Messages that were refused: when, code, reason, bytes, and another try. Whatever they contain stays text. */
export class DeadLetters implements Section {
  readonly root: HTMLElement
  readonly #body = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Dead letters, newest first' })
  readonly #note = element('p')
  readonly #context: Pick<PageContext, 'job' | 'mark'>
  /** Letters that were retried here, until the server's list says so too. */
  readonly #retried = new Map<string, DeadLetter>()
  readonly #rows = new Map<string, DeadLetterRow>()

  constructor(context: Pick<PageContext, 'job' | 'mark'>) {
    this.#context = context
    this.root = element(
      'section',
      { class: 'card dead-letters', id: 'dead-letters', 'aria-label': 'Dead letters' },
      element('header', {}, element('h2', {}, 'Dead letters'), this.#note),
      this.#body,
    )
  }

  draw({ deadLetters, demo, job }: PageState): void {
    const list = [...deadLetters].sort((a, b) => b.at - a.at).map(letter => this.#newest(letter))
    // Letters of earlier starts are kept, too.
    const total = Math.max(list.length, job?.counts.deadLettered ?? 0)
    replaceWhenChanged(this.#note, total > 0 ? 'some' : 'none', () => [
      total > 0 ? 'kept with their bytes; nothing else was disturbed' : 'none: every message could be read',
    ])
    this.#body.hidden = list.length === 0
    // Who may only look at a demo is offered nothing to do.
    const canAct = !demo || demo.actions.length > 0
    const first = list.slice(0, shown)
    const now = job?.now ?? 0
    const names = first.map(letter => nameOf(letter, now, canAct))
    replaceWhenChanged(this.#body, `${total}|${names.join()}`, () => [
      this.#table(first, names, now, canAct),
      this.#more(total, list.length),
    ])
  }

  #newest(letter: DeadLetter): DeadLetter {
    if (letter.retriedAt !== undefined) this.#retried.delete(letter.id)
    return this.#retried.get(letter.id) ?? letter
  }

  /** Rows are kept: what is open in them stays open. */
  #table(list: readonly DeadLetter[], names: readonly string[], now: number, canAct: boolean): HTMLTableElement {
    const head = ['when', 'code', 'reason', 'bytes', 'size'].map(word => element('th', { scope: 'col' }, word))
    const actions = element('th', { scope: 'col' }, element('span', { class: 'visually-hidden' }, 'actions'))
    for (const name of this.#rows.keys()) if (!names.includes(name)) this.#rows.delete(name)
    const rows = list.flatMap((letter, i) => {
      const row = this.#rows.get(names[i]!) ?? new DeadLetterRow(letter, now, canAct, retried => this.#take(retried))
      this.#rows.set(names[i]!, row)
      return [row.root, row.bytes]
    })
    return element('table', {}, element('thead', {}, element('tr', {}, ...head, actions)), element('tbody', {}, ...rows))
  }

  #take(letter: DeadLetter): void {
    this.#retried.set(letter.id, letter)
    this.#context.mark(true)
  }

  #more(total: number, here: number): HTMLElement | string {
    if (total <= Math.min(here, shown)) return ''
    const href = `api/v1/dead-letters.json?job=${encodeURIComponent(this.#context.job)}`
    return element('p', { class: 'more' }, element('a', { href }, `All ${count(total)} as JSON`))
  }
}

/** Another one where the row is to say another thing: past midnight it says the day. */
const nameOf = ({ id, at, retriedAt, retryable }: DeadLetter, now: number, canAct: boolean): string =>
  `${id} ${exactMoment(at, now)} ${retriedAt ?? ''} ${canAct && retryable === true}`
