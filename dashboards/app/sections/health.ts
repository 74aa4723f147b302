import type { Guarantee } from '../../../src/model/guarantee.js'
import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { PageState } from '../page-state.js'
import { healthSentence, sentenceText } from '../text/health-sentence.js'
import { journalSentence } from '../text/journal-sentence.js'
import { outageSentence } from '../text/outage-sentence.js'

/** Real ms after which a process that was killed on purpose is away for another reason. */
const recoversWithinMs = 30_000

/** The sentence of health, and the promise in force under it. */
export class Health {
  readonly #sentence: HTMLElement
  readonly #announcement: HTMLElement
  readonly #outage: HTMLElement
  readonly #promise: HTMLElement
  /** Its figures move each second, so it stands beside the reasons and outlives them. */
  readonly #journal = element('p', { class: 'journal' })
  readonly #summary = element('summary')
  readonly #reasons = element('ul')
  /** The same while figures in the reasons move on: what a reader has opened stays open, and keeps the focus. */
  readonly #details = element('details', {}, this.#summary, this.#reasons, this.#journal)
  #announced = ''

  constructor(sentence: HTMLElement, announcement: HTMLElement, outage: HTMLElement, promise: HTMLElement) {
    this.#sentence = sentence
    this.#announcement = announcement
    this.#outage = outage
    this.#promise = promise
  }

  draw(state: PageState): void {
    const isKilled = state.demo?.killed === true && state.silentMs < recoversWithinMs
    const phrases = healthSentence(state.job, state.connection, state.silentMs, state.graph?.culprit?.sentence, isKilled)
    replaceWhenChanged(this.#sentence, JSON.stringify(phrases), () =>
      phrases.map((phrase, i) => {
        if (phrase.tone === 'plain') return phrase.text
        if (phrase.tone === 'strong') return element('b', {}, phrase.text)
        return element('span', { class: `${i === 0 ? 'state ' : ''}${phrase.tone}` }, phrase.text)
      }),
    )
    this.#announce(state, sentenceText(phrases))
    document.body.classList.toggle('stale', state.connection === 'reconnecting' || state.connection === 'silent')
    const isBack = state.connection === 'live' && state.job && state.outage
    setText(this.#outage, isBack ? outageSentence(state.outage, state.job) : '')
    if (!state.job) return
    const { guarantee, journal } = state.job
    setText(this.#journal, journal ? journalSentence(journal) : '')
    this.#showPromise(guarantee)
  }

  /** Speaks only when the state changes, never for each new figure. */
  #announce(state: PageState, sentence: string): void {
    const kind = `${state.connection}|${state.job?.state}|${state.job?.attention.length ?? 0}`
    if (kind === this.#announced) return
    const isFirst = this.#announced === ''
    this.#announced = kind
    if (!isFirst) setText(this.#announcement, sentence)
  }

  #showPromise(guarantee: Guarantee): void {
    const { level, label, why } = guarantee
    const line = JSON.stringify([level, label])
    replaceWhenChanged(this.#promise, why.length > 0 ? 'why' : line, () =>
      why.length > 0 ? [this.#details] : [element('p', {}, ...sealed(guarantee))],
    )
    replaceWhenChanged(this.#summary, line, () => [...sealed(guarantee), ' ', element('span', { class: 'why' }, 'Why?')])
    replaceWhenChanged(this.#reasons, JSON.stringify(guarantee), () => [
      ...sinkReasons(guarantee),
      ...why.map(reason => element('li', {}, reason)),
    ])
  }
}

/** The level as a seal, and what the label says beside it. */
function sealed({ level, label }: Pick<Guarantee, 'level' | 'label'>): (Node | string)[] {
  const name = level === 'none' ? 'no guarantee' : level.replaceAll('-', ' ')
  const words = label.replace(new RegExp(`^${name}\\s*`, 'i'), '').replace(/^[:,;.–-]\s*/, '')
  const seal = element('span', { class: `seal ${level}` }, name)
  return words === '' ? [seal] : [seal, element('span', { class: 'label' }, words)]
}

/** One line for each view and sink, where they differ. */
function sinkReasons({ sinks = [] }: Guarantee): HTMLLIElement[] {
  if (sinks.every(({ label }) => label === sinks[0]!.label)) return []
  return sinks.map(({ sink, label }) => element('li', {}, element('b', {}, sink), ` ${label}`))
}
