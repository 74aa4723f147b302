import type { Alert } from '../../../src/model/alert.js'
import { element, replaceWhenChanged, setAttribute, setText } from '../dom/element.js'
import { postAction } from '../feed/post-action.js'
import { alertFacts, alertSubject } from '../text/alert-words.js'
import { moment } from '../text/format.js'
import { shortName } from '../text/short-name.js'

/** Of a name: two lines of the narrowest list. */
const mostLetters = 48

/** One alert of the list. It stays the same element as its values change, so that focus and selection stay in it. */
export class AlertItem {
  readonly root: HTMLLIElement
  readonly #id: string
  readonly #onSeen: (alert: Alert) => void
  readonly #title = element('b')
  readonly #facts = element('span')
  readonly #said = element('span', { class: 'said', role: 'status' })
  readonly #button = element('button', { type: 'button' }, 'Acknowledge')

  constructor(alert: Alert, onSeen: (alert: Alert) => void) {
    this.#id = alert.id
    this.#onSeen = onSeen
    this.root = element('li', {}, this.#title, this.#facts, this.#said, this.#button)
    this.#button.addEventListener('click', () => void this.#acknowledge())
  }

  /** @param canAct whether the reader may acknowledge */
  draw(alert: Alert, now: number, canAct: boolean): void {
    const { state, level, acknowledgedAt } = alert
    const isSeen = acknowledgedAt !== undefined
    setAttribute(this.root, 'class', `${state} ${level}${isSeen ? ' seen' : ''}`)
    setText(this.#title, shortName(alertSubject(alert), mostLetters))
    setAttribute(this.#title, 'title', alertSubject(alert))
    const facts = alertFacts(alert, now)
    replaceWhenChanged(this.#facts, facts, () => pieces(facts))
    if (isSeen) setText(this.#said, `acknowledged at ${moment(acknowledgedAt, now)}`)
    setAttribute(this.#button, 'aria-label', `Acknowledge ${alertSubject(alert)}: ${alert.label ?? alert.column}`)
    this.#button.hidden = !canAct || isSeen || state !== 'firing'
  }

  async #acknowledge(): Promise<void> {
    this.#button.disabled = true
    const answer = await postAction<Alert>(`api/v1/alerts/${encodeURIComponent(this.#id)}/acknowledge`)
    this.#button.disabled = false
    if ('value' in answer) this.#onSeen(answer.value)
    else setText(this.#said, `not acknowledged: ${answer.refusal}`)
  }
}

/** A line breaks behind a comma or between two facts, rather than within a span of time; the dot stays with the fact before it. */
const pieces = (facts: string): readonly (Node | string)[] =>
  facts.split(/(?<=[,·]) /).flatMap((fact, i) => [i === 0 ? '' : ' ', element('span', { class: 'fact' }, fact)])
