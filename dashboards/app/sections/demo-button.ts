import type { DemoStatus } from '../../../src/model/demo-status.js'
import { element, setAttribute, setText } from '../dom/element.js'

/** Something that can be done to a demo, with its key. */
export type DemoDeed = DemoStatus['actions'][number]

/** The button of one key. It stays the same element where the key does another thing next, so that it keeps the focus. */
export class DemoButton {
  readonly root: HTMLButtonElement
  readonly #title = element('span')
  readonly #key = element('kbd')
  #action: DemoDeed['action']

  constructor({ action }: DemoDeed, act: (action: DemoDeed['action']) => void) {
    this.#action = action
    this.root = element('button', { type: 'button' }, this.#title, ' ', this.#key)
    this.root.addEventListener('click', () => act(this.#action))
  }

  draw({ action, key, title }: DemoDeed): void {
    const name = key === ' ' ? 'space' : key
    this.#action = action
    setText(this.#title, title)
    setText(this.#key, name)
    setAttribute(this.#key, 'aria-label', `key ${name}`)
  }
}
