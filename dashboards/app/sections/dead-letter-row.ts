import type { DeadLetter } from '../../../src/model/api.js'
import { element, setText } from '../dom/element.js'
import { postAction } from '../feed/post-action.js'
import { codePieces, readableSample } from '../text/dead-letter-words.js'
import { clockTime, count, dateTime, exactMoment } from '../text/format.js'
import { letterBytes } from './letter-bytes.js'

/** One refused message: its line in the table, its bytes when asked for, and another try. */
export class DeadLetterRow {
  readonly root: HTMLTableRowElement
  /** Under the line; hidden until somebody asks for the bytes. */
  readonly bytes: HTMLTableRowElement
  readonly #letter: DeadLetter
  readonly #onRetried: (letter: DeadLetter) => void
  readonly #said = element('span', { class: 'said', role: 'status' })
  readonly #cell = element('td', { colspan: 6 })

  /** @param now the job's clock */
  constructor(letter: DeadLetter, now: number, canAct: boolean, onRetried: (letter: DeadLetter) => void) {
    this.#letter = letter
    this.#onRetried = onRetried
    const { at, code, sample, size, retriedAt, retryable } = letter
    if (retriedAt !== undefined) setText(this.#said, `retried at ${exactMoment(retriedAt, now)}`)
    const link = element(
      'a',
      { href: `errors.html#${code}`, target: '_blank', rel: 'noopener', title: 'What it means and what to do' },
      code,
    )
    this.root = element(
      'tr',
      { class: retriedAt === undefined ? undefined : 'retried' },
      element('td', { title: `${dateTime(at)} UTC` }, exactMoment(at, now)),
      element('td', {}, element('code', {}, link)),
      element('td', {}, ...reasonOf(letter)),
      element('td', { class: 'bytes', title: sample }, element('code', {}, readableSample(sample))),
      element('td', { class: 'number' }, `${count(size)} B`),
      element(
        'td',
        { class: 'acts' },
        this.#said,
        this.#bytesButton(),
        canAct && retryable && retriedAt === undefined ? this.#retryButton() : '',
      ),
    )
    this.bytes = element('tr', { class: 'bytes-row', hidden: true }, this.#cell)
  }

  #bytesButton(): HTMLButtonElement {
    const button = element('button', { type: 'button', 'aria-expanded': 'false', 'aria-label': `Bytes of ${this.#name()}` }, 'bytes')
    button.addEventListener('click', () => {
      this.bytes.hidden = !this.bytes.hidden
      button.setAttribute('aria-expanded', String(!this.bytes.hidden))
      if (this.bytes.hidden) this.#cell.replaceChildren()
      else void letterBytes(this.#letter.id).then(dump => this.#cell.replaceChildren(dump))
    })
    return button
  }

  #retryButton(): HTMLButtonElement {
    const button = element('button', { type: 'button', 'aria-label': `Retry ${this.#name()}` }, 'retry')
    button.addEventListener('click', async () => {
      button.disabled = true
      const answer = await postAction<DeadLetter>(`api/v1/dead-letters/${encodeURIComponent(this.#letter.id)}/retry`)
      if ('value' in answer) this.#onRetried(answer.value)
      else {
        button.disabled = false
        setText(this.#said, `not retried: ${answer.refusal}`)
      }
    })
    return button
  }

  #name(): string {
    return `${this.#letter.code} of ${clockTime(this.#letter.at, true)}`
  }
}

/** The reason with its names set as code, and the place where it does not name it itself. */
const reasonOf = (letter: DeadLetter): readonly (Node | string)[] => {
  const words = codePieces(letter.reason).map(piece => (piece.isCode ? element('code', {}, piece.text) : piece.text))
  const { path } = letter
  return path === undefined || letter.reason.includes(path) ? words : [...words, ' at ', element('code', {}, path)]
}
