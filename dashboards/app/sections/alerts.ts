import type { Alert } from '../../../src/model/alert.js'
import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import { plural } from '../text/format.js'
import { AlertItem } from './alert-item.js'

/** Alerts shown before the reader asks for all of them. */
const firstShown = 5
/** New alerts that are read out together. */
const mostRead = 3

/** What fires now, what may soon, and what is over, as the server evaluates it: in the server's order. */
export class Alerts implements Section {
  readonly root: HTMLElement
  readonly #mark: (forReader?: boolean) => void
  readonly #summary = element('p', { class: 'soft calm' })
  readonly #list = element('ul', { class: 'alerts', hidden: true })
  readonly #more = element('button', { type: 'button', class: 'more-alerts', hidden: true })
  readonly #news = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' })
  readonly #items = new Map<string, AlertItem>()
  /** What was acknowledged here, until the server's list says so too. */
  readonly #seen = new Map<string, Alert>()
  #states: ReadonlyMap<string, string> | undefined
  #showsAll = false

  constructor({ mark }: Pick<PageContext, 'mark'>) {
    this.#mark = mark
    this.root = element(
      'section',
      { class: 'card', 'aria-label': 'Alerts' },
      element('h2', {}, 'Alerts'),
      this.#summary,
      this.#list,
      this.#more,
      this.#news,
    )
    this.#more.addEventListener('click', () => {
      this.#showsAll = !this.#showsAll
      this.#mark(true)
    })
  }

  draw({ alerts, job, demo }: PageState): void {
    if (!job) return
    const known = alerts.map(alert => this.#newest(alert))
    const shown = this.#showsAll ? known : known.slice(0, firstShown)
    setText(this.#summary, summaryOf(known))
    this.#tell(known)
    this.#arrange(shown)
    // Who may only look at a demo is offered nothing to do.
    const canAct = !demo || demo.actions.length > 0
    for (const alert of shown) this.#items.get(alert.id)?.draw(alert, job.now, canAct)
    this.#more.hidden = known.length <= firstShown
    setText(this.#more, this.#showsAll ? 'Show the first only' : `Show ${plural(known.length - firstShown, 'more alert')}`)
    this.#list.classList.toggle('all', this.#showsAll)
    this.#more.setAttribute('aria-expanded', String(this.#showsAll))
  }

  #newest(alert: Alert): Alert {
    const seen = this.#seen.get(alert.id)
    if (!seen) return alert
    if (alert.acknowledgedAt === undefined && alert.since === seen.since) return { ...alert, acknowledgedAt: seen.acknowledgedAt! }
    this.#seen.delete(alert.id)
    return alert
  }

  /** Elements are kept and moved only when the order changes. */
  #arrange(shown: readonly Alert[]): void {
    this.#list.hidden = shown.length === 0
    const changed = replaceWhenChanged(this.#list, shown.map(({ id }) => id).join(), () =>
      shown.map(alert => {
        const item = this.#items.get(alert.id) ?? new AlertItem(alert, answer => this.#take(answer))
        this.#items.set(alert.id, item)
        return item.root
      }),
    )
    if (!changed) return
    const ids = new Set(shown.map(({ id }) => id))
    for (const id of this.#items.keys()) if (!ids.has(id)) this.#items.delete(id)
  }

  #take(alert: Alert): void {
    if (alert.acknowledgedAt !== undefined) this.#seen.set(alert.id, alert)
    this.#mark(true)
  }

  /** Reads out what began to fire and what is over; not what was so before this page came. */
  #tell(alerts: readonly Alert[]): void {
    const before = this.#states
    const states = new Map(alerts.map(({ id, state, since }) => [id, state === 'pending' ? state : `${state} ${since}`]))
    this.#states = states
    if (!before) return
    const news = alerts.filter(({ id, state }) => state !== 'pending' && before.get(id) !== states.get(id))
    if (news.length === 0) return
    const rest = news.length > mostRead ? ` And ${plural(news.length - mostRead, 'more alert')}.` : ''
    setText(this.#news, news.slice(0, mostRead).map(spoken).join(' ') + rest)
  }
}

const spoken = ({ state, sentence }: Alert): string => `${state === 'firing' ? 'Alert' : 'Over'}: ${sentence}.`

const summaryOf = (alerts: readonly Alert[]): string => {
  const count = (state: Alert['state']): number => alerts.filter(alert => alert.state === state).length
  const [firing, pending, over] = [count('firing'), count('pending'), count('resolved')]
  if (alerts.length === 0) return 'None. Nothing is beyond its limit, and nothing was lately.'
  const seen = alerts.filter(({ state, acknowledgedAt }) => state === 'firing' && acknowledgedAt !== undefined).length
  const parts = [
    firing > 0 ? `${firing} firing${seen > 0 ? ` (${seen} acknowledged)` : ''}` : 'None firing',
    pending > 0 ? `${pending} beyond the limit, ${pending === 1 ? 'fires if it lasts' : 'fire if they last'}` : '',
    over > 0 ? `${over} over` : '',
  ]
  return `${parts.filter(Boolean).join(' · ')}.`
}
