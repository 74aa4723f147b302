import type { DemoStatus, Happening } from '../../../src/model/demo-status.js'
import { element, replaceWhenChanged, setAttribute, setText } from '../dom/element.js'
import { postAction } from '../feed/post-action.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { exactMoment } from '../text/format.js'
import { DemoButton, type DemoDeed } from './demo-button.js'

const earlierShown = 2
/** Real ms for which a happening stands in large type. */
const freshMs = 30_000

/** What was done to the demo, each explained in a sentence, and what can be done now. */
export class DemoBar implements Section {
  readonly root: HTMLElement
  readonly #isKiosk: boolean
  readonly #mark: (forReader?: boolean) => void
  readonly #state = element('p', { class: 'demo-state' })
  readonly #now = element('p', { class: 'happening', role: 'status' })
  readonly #earlier = element('ol', { class: 'earlier', 'aria-label': 'Earlier' })
  readonly #group = element('div', { class: 'demo-actions', role: 'group', 'aria-label': 'Do something to the demo' })
  /** By their keys. */
  readonly #buttons = new Map<string, DemoButton>()
  readonly #refusal = element('p', { class: 'refusal', role: 'alert', hidden: true })
  /** What was asked for and is not done yet. */
  #doing = ''
  #titles: ReadonlyMap<string, string> = new Map()
  #newest = -1
  #newestSince = 0

  constructor({ isKiosk, mark }: Pick<PageContext, 'isKiosk' | 'mark'>) {
    this.#isKiosk = isKiosk
    this.#mark = mark
    const words = element('div', { class: 'happenings' }, this.#now, this.#earlier)
    const head = element('header', {}, element('h2', {}, 'Demo'), this.#group, this.#state)
    this.root = element('section', { class: 'card demo', 'aria-label': 'Demo', hidden: true }, head, words, this.#refusal)
  }

  draw({ demo, job }: PageState): void {
    this.root.hidden = !demo || (this.#isKiosk && demo.happenings.length === 0)
    if (!demo || this.root.hidden) return
    this.#titles = new Map(demo.actions.map(({ action, title }) => [action, title]))
    const doing = this.#doing === '' ? '' : `${this.#doing} …`
    setText(this.#state, [doing, stateWords(demo)].filter(Boolean).join('; '))
    setAttribute(this.root, 'data-disturbed', demo.paused || demo.unplugged || demo.killed ? '' : undefined)
    this.#showHappenings(demo, job?.now)
    this.#showActions(demo)
  }

  #showHappenings({ happenings, actions }: DemoStatus, clock: number | undefined): void {
    const [first] = happenings
    const now = performance.now()
    if (first && first.id !== this.#newest) {
      // What had happened before this page came is not news.
      this.#newestSince = this.#newest === -1 && happenings.length > 1 ? Number.NEGATIVE_INFINITY : now
      this.#newest = first.id
    }
    const isFresh = first !== undefined && now - this.#newestSince < freshMs
    setAttribute(this.root, 'data-fresh', isFresh ? '' : undefined)
    // A sentence may grow once more is known.
    replaceWhenChanged(this.#now, `${first?.id}|${first?.sentence}|${actions.length > 0}`, () =>
      first ? wordsOf(first, clock) : [invitation(actions.length > 0)],
    )
    const earlier = happenings.slice(1, 1 + (this.#isKiosk ? 1 : earlierShown))
    this.#earlier.hidden = earlier.length === 0
    replaceWhenChanged(this.#earlier, earlier.map(({ id, sentence }) => `${id} ${sentence}`).join('|'), () =>
      earlier.map(one => element('li', {}, ...wordsOf(one, clock))),
    )
  }

  #showActions({ actions }: DemoStatus): void {
    this.#group.hidden = this.#isKiosk || actions.length === 0
    for (const deed of actions) this.#button(deed).draw(deed)
    replaceWhenChanged(this.#group, actions.map(({ key }) => key).join(), () => actions.map(deed => this.#button(deed).root))
  }

  #button(deed: DemoDeed): DemoButton {
    const button = this.#buttons.get(deed.key) ?? new DemoButton(deed, action => void this.act(action))
    this.#buttons.set(deed.key, button)
    return button
  }

  /** Does it, and shows why where it cannot be done. */
  async act(action: DemoDeed['action']): Promise<void> {
    // A key is answered at once, however busy the machine is.
    this.#doing = this.#titles.get(action) ?? action
    this.#mark(true)
    const answer = await postAction<DemoStatus>(`api/v1/demo/${action}`)
    this.#doing = ''
    // Who kills the process that would answer gets no answer.
    const refusal = 'refusal' in answer && action !== 'kill' ? answer.refusal : ''
    this.#refusal.hidden = refusal === ''
    setText(this.#refusal, refusal === '' ? '' : `Not done: ${refusal}.`)
    this.#mark()
  }
}

const stateWords = ({ paused, unplugged, killed }: DemoStatus): string =>
  [
    killed ? 'its process is killed on purpose; the next one recovers' : '',
    paused ? 'paused: the data clock stands still' : '',
    unplugged ? 'the broker is unplugged' : '',
  ]
    .filter(Boolean)
    .join('; ')

const invitation = (canAct: boolean): string =>
  canAct ? 'Do to it what happens in the field, and see what becomes of it.' : 'What is done to the demo is explained here.'

const wordsOf = ({ at, title, sentence }: Happening, clock = at): readonly (Node | string)[] => [
  element('time', { datetime: new Date(at).toISOString() }, exactMoment(at, clock)),
  ' ',
  element('b', {}, title.slice(0, 1).toUpperCase() + title.slice(1)),
  ' ',
  element('span', {}, sentence),
]
