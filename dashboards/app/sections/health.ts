import type { JobSummary } from '../../../src/model/api.js'
import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { PageState } from '../page-state.js'
import { healthSentence, sentenceText } from '../text/health-sentence.js'

/** The sentence of health, and the promise in force under it. */
export class Health {
  readonly #sentence: HTMLElement
  readonly #announcement: HTMLElement
  readonly #promise: HTMLElement
  #announced = ''

  constructor(sentence: HTMLElement, announcement: HTMLElement, promise: HTMLElement) {
    this.#sentence = sentence
    this.#announcement = announcement
    this.#promise = promise
  }

  draw(state: PageState): void {
    const phrases = healthSentence(state.job, state.connection, state.silentMs)
    replaceWhenChanged(this.#sentence, JSON.stringify(phrases), () =>
      phrases.map((phrase, i) => {
        if (phrase.tone === 'plain') return phrase.text
        if (phrase.tone === 'strong') return element('b', {}, phrase.text)
        return element('span', { class: `${i === 0 ? 'state ' : ''}${phrase.tone}` }, phrase.text)
      }),
    )
    this.#announce(state, sentenceText(phrases))
    document.body.classList.toggle('stale', state.connection === 'reconnecting' || state.connection === 'silent')
    if (state.job) this.#showPromise(state.job.guarantee)
  }

  /** Speaks only when the state changes, never for each new figure. */
  #announce(state: PageState, sentence: string): void {
    const kind = `${state.connection}|${state.job?.state}|${state.job?.attention.length ?? 0}`
    if (kind === this.#announced) return
    const isFirst = this.#announced === ''
    this.#announced = kind
    if (!isFirst) setText(this.#announcement, sentence)
  }

  #showPromise(guarantee: JobSummary['guarantee']): void {
    const level = guarantee.level === 'none' ? 'no guarantee' : guarantee.level.replaceAll('-', ' ')
    const words = guarantee.label.replace(new RegExp(`^${level}\\s*`, 'i'), '').replace(/^[:,;.–-]\s*/, '')
    replaceWhenChanged(this.#promise, JSON.stringify(guarantee), () => {
      const seal = element('span', { class: `seal ${guarantee.level}` }, level)
      const line = words === '' ? '' : element('span', { class: 'label' }, words)
      if (guarantee.why.length === 0) return [element('p', {}, seal, line)]
      const why = element('ul', {}, ...guarantee.why.map(reason => element('li', {}, reason)))
      return [element('details', {}, element('summary', {}, seal, line, ' ', element('span', { class: 'why' }, 'Why?')), why)]
    })
  }
}
