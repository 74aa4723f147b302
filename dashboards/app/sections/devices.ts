import type { AlertsPanel, MultiplesPanel } from '../../../src/dashboard/dashboard.js'
import { seriesColours } from '../chart/palette.js'
import { abnormality, lastValue, orderedKeys } from '../chart/shown-series.js'
import { element, replaceWhenChanged, setText } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import type { ViewStore } from '../store/view-store.js'
import type { KeySeries } from '../store/window-grid.js'
import { plural, withUnit } from '../text/format.js'
import { episodes, lowerFirst } from './alerts.js'
import { DeviceCard, type DeviceFacts } from './device-card.js'

const firstShown = 12
const pointsShown = 40
const settleMs = 5000

/** One small chart a device, all on one scale, the most abnormal first; quiet and alarmed ones say so. */
export class Devices implements Section {
  readonly root: HTMLElement
  readonly #panel: MultiplesPanel
  readonly #alerts: AlertsPanel | undefined
  readonly #grid = element('div', { class: 'devices' })
  readonly #more = element('button', { type: 'button', class: 'more-devices', hidden: true })
  readonly #cards = new Map<string, DeviceCard>()
  #limit = firstShown
  #sorted = Number.NEGATIVE_INFINITY
  #order: readonly string[] = []
  #kinds = ''

  constructor(panel: MultiplesPanel, alerts: AlertsPanel | undefined, mark: () => void) {
    this.#panel = panel
    this.#alerts = alerts
    const title = panel.title ?? 'Devices'
    this.root = element(
      'section',
      { 'aria-label': title, hidden: true },
      element('h2', { class: 'h' }, title, element('span', {}, 'most abnormal first, one scale')),
      this.#grid,
      this.#more,
    )
    this.#more.addEventListener('click', () => {
      this.#limit += 48
      this.#sorted = Number.NEGATIVE_INFINITY
      mark()
    })
  }

  draw(state: PageState): void {
    const store = state.views.get(this.#panel.view)
    const column = store?.column(this.#panel.column) ?? -1
    this.root.hidden = !store || column < 0 || store.grid.keys.size === 0
    if (this.root.hidden || !store || !state.job) return
    const keys = orderedKeys(store.grid)
    const facts = this.#facts(state, store, column, keys)
    this.#arrange(facts)
    const from = Math.max(0, store.grid.length - pointsShown)
    const shown = this.#order.flatMap(key => facts.find(fact => fact.series.key === key) ?? [])
    const scale = commonScale(store, column, shown, from)
    for (const fact of shown) this.#cards.get(fact.series.key)?.draw(fact, store.grid, column, from, scale)
    const rest = keys.length - shown.length
    this.#more.hidden = rest <= 0
    setText(this.#more, `Show ${plural(Math.min(rest, 48), 'more device')}${rest > 48 ? ` of ${rest}` : ''}`)
  }

  #facts(state: PageState, store: ViewStore, column: number, keys: readonly KeySeries[]): readonly DeviceFacts[] {
    const now = state.job?.now ?? 0
    const every = store.every ?? 10_000
    const unit = this.#panel.unit ?? store.unit(this.#panel.column)
    const values = keys.map(series => lastValue(store.grid, series, column))
    const scores = abnormality(values)
    const alertStore = this.#alerts ? state.views.get(this.#alerts.view) : undefined
    const firing = new Map<string, string>()
    if (this.#alerts && alertStore) {
      const alertUnit = this.#alerts.unit ?? alertStore.unit(this.#alerts.column)
      for (const episode of episodes(alertStore, this.#alerts, now)) {
        if (!episode.isFiring || firing.has(episode.key)) continue
        const title = lowerFirst(this.#alerts.title ?? this.#alerts.view)
        firing.set(episode.key, `${title}: ${withUnit(episode.last, alertUnit)}`)
      }
    }
    return keys.map((series, i) => {
      const age = Math.max(0, now - series.lastSeen)
      return {
        series,
        value: values[i]!,
        unit,
        age,
        isQuiet: age > every * 2.5,
        alert: firing.get(series.key),
        score: scores[i]!,
        colour: keys.length > seriesColours ? 0 : i,
      }
    })
  }

  /** Order changes at once when a device becomes alarmed or quiet, else only now and then: cards must not dance. */
  #arrange(facts: readonly DeviceFacts[]): void {
    const kinds = `${this.#limit}|${facts.map(fact => `${fact.series.key}${fact.alert ? 'a' : ''}${fact.isQuiet ? 'q' : ''}`).join()}`
    const now = performance.now()
    if (kinds === this.#kinds && now - this.#sorted < settleMs) return
    this.#kinds = kinds
    this.#sorted = now
    const rank = (fact: DeviceFacts): number => (fact.alert ? 2 : fact.isQuiet ? 1 : 0)
    const sorted = [...facts].sort((a, b) => rank(b) - rank(a) || Math.round(b.score) - Math.round(a.score)).slice(0, this.#limit)
    this.#order = sorted.map(fact => fact.series.key)
    replaceWhenChanged(this.#grid, this.#order.join('\u0000'), () =>
      this.#order.map(key => {
        const card = this.#cards.get(key) ?? new DeviceCard()
        this.#cards.set(key, card)
        return card.root
      }),
    )
    for (const key of this.#cards.keys()) if (!this.#order.includes(key)) this.#cards.delete(key)
  }
}

const commonScale = (store: ViewStore, column: number, facts: readonly DeviceFacts[], from: number): readonly [number, number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { series } of facts) {
    for (let slot = from; slot < store.grid.length; slot++) {
      const value = store.grid.value(series, column, slot)
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return [0, 1]
  const least = Math.max(Math.abs(high) * 0.05, 1e-9)
  const middle = (low + high) / 2
  return high - low >= least ? [low, high] : [middle - least / 2, middle + least / 2]
}
