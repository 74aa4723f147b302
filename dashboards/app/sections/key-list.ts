import type { DemoStatus } from '../../../src/model/demo-status.js'
import { element } from '../dom/element.js'

const always = [
  ['?', 'this list'],
  ['← →', 'in a chart: move the cursor; Page Up and Down by ten; Home, End; Esc puts it away'],
  ['← ↑ → ↓', 'in the job graph: from node to edge to node; Enter opens what passes there'],
] as const

/** The keys of the page, as a dialog. */
export class KeyList {
  readonly #dialog: HTMLDialogElement
  readonly #list = element('dl', { class: 'key-list' })

  constructor() {
    const close = element('button', { type: 'button' }, 'Close')
    this.#dialog = element('dialog', { class: 'card', 'aria-label': 'Keys' }, element('h2', {}, 'Keys'), this.#list, close)
    close.addEventListener('click', () => this.#dialog.close())
    document.body.append(this.#dialog)
  }

  toggle(actions: DemoStatus['actions']): void {
    if (this.#dialog.open) {
      this.#dialog.close()
      return
    }
    const own = actions.map(({ key, title }) => [key === ' ' ? 'space' : key, title] as const)
    const rows = [...own, ...always].flatMap(([key, words]) => [element('dt', {}, element('kbd', {}, key)), element('dd', {}, words)])
    this.#list.replaceChildren(...rows)
    this.#dialog.showModal()
  }
}
