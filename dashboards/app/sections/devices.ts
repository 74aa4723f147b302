import type { MultiplesPanel } from '../../../src/dashboard/dashboard.js'
import { seriesColours } from '../chart/palette.js'
import { abnormality, lastValue, orderedKeys } from '../chart/shown-series.js'
import { element, setText } from '../dom/element.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import type { ViewStore } from '../store/view-store.js'
import type { KeySeries } from '../store/window-grid.js'
import { plural } from '../text/format.js'
import { CardGrid } from './card-grid.js'
import { DeviceCard, type DeviceFacts, deviceState } from './device-card.js'
import { type DeviceAlert, firingByKey, type Rank, ranked, rankOf } from './device-order.js'
import { DeviceTable } from './device-table.js'

const pointsShown = 40
const mostRows = 4
/** Real ms between two new orders: cards must not dance. */
const settleMs = 5000
/** Real ms between two looks at all devices. */
const lookMs = 1000

/** One small chart a device, all on one scale, the most abnormal first; quiet and alarmed ones say so. */
export class Devices implements Section {
  readonly root: HTMLElement
  readonly #panel: MultiplesPanel
  readonly #context: PageContext
  readonly #note = element('span')
  readonly #cards: CardGrid<DeviceCard>
  readonly #table: DeviceTable
  #looked = Number.NEGATIVE_INFINITY
  #ordered = Number.NEGATIVE_INFINITY
  #alarms = ''
  #order: readonly string[] = []
  #colours: ReadonlyMap<string, number> = new Map()

  constructor(panel: MultiplesPanel, context: PageContext) {
    this.#panel = panel
    this.#context = context
    const title = panel.title ?? 'Devices'
    const label = `${title}: ${panel.column} of ${panel.view}`
    this.#cards = new CardGrid(
      `${label}, most abnormal first`,
      () => new DeviceCard(),
      !context.isKiosk,
      () => context.mark(true),
    )
    this.#table = new DeviceTable(label)
    const head = element('header', { class: 'h' }, element('h2', {}, title), this.#note, context.isKiosk ? '' : this.#tableButton())
    this.root = element('section', { class: 'device-section', 'aria-label': label, hidden: true }, head, this.#cards.root, this.#table.root)
    context.screen.watch(this.root)
  }

  draw(state: PageState): void {
    const store = state.views.get(this.#panel.view)
    const column = store?.column(this.#panel.column) ?? -1
    const wasHidden = this.root.hidden
    this.root.hidden = !store || column < 0 || store.grid.keys.size === 0
    if (this.root.hidden || !store || !state.job) return
    if (!wasHidden && !this.#context.screen.isDue(this.root)) return
    const { now } = state.job
    const every = store.every ?? 10_000
    const alarms = firingByKey(state.alerts, store)
    const rankOfKey = (key: string): Rank => rankOf(store.grid.keys.get(key), alarms.has(key), now, every)
    this.#look(store, column, alarms, rankOfKey)
    const unit = this.#panel.unit ?? store.unit(this.#panel.column)
    const from = Math.max(0, store.grid.length - pointsShown)
    const factsOf = (series: KeySeries): DeviceFacts => ({
      series,
      value: lastValue(store.grid, series, column),
      unit,
      age: Math.max(0, now - series.lastSeen),
      isQuiet: rankOf(series, false, now, every) === 'quiet',
      alert: alarms.get(series.key),
      colour: this.#colours.get(series.key) ?? 0,
    })
    if (this.#table.isShown) {
      this.#table.draw(this.#order, key => {
        const series = store.grid.keys.get(key)
        const facts = series && factsOf(series)
        return facts && { ...facts, name: facts.series.label, state: deviceState(facts) }
      })
    } else {
      // Of what is drawn now: a line must not leave its card until the next look.
      const scale = commonScale(store, column)
      this.#cards.draw(this.#order, mostRows, (card, key) => {
        const series = store.grid.keys.get(key)
        if (series) card.draw(factsOf(series), store.grid, column, from, scale)
      })
    }
    this.#say(store)
  }

  dispose(): void {
    this.#context.screen.forget(this.root)
    this.#cards.dispose()
  }

  #tableButton(): HTMLButtonElement {
    const button = element('button', { type: 'button', 'aria-pressed': 'false', 'aria-label': 'Devices as a table' }, 'Table')
    button.addEventListener('click', () => {
      const isTable = !this.#table.isShown
      this.#table.root.hidden = !isTable
      this.#cards.root.hidden = isTable
      button.setAttribute('aria-pressed', String(isTable))
      setText(button, isTable ? 'Cards' : 'Table')
      this.#context.mark(true)
    })
    return button
  }

  /** A look at all devices: their order. A new alarm counts at once, and nothing moves under a pointer. */
  #look(store: ViewStore, column: number, alarms: ReadonlyMap<string, DeviceAlert>, rank: (key: string) => Rank): void {
    const now = performance.now()
    const keys = orderedKeys(store.grid)
    const firing = [...alarms.keys()].join('\u0000')
    const isNew = keys.length !== this.#order.length || firing !== this.#alarms
    if (!isNew && now - this.#looked < lookMs) return
    this.#looked = now
    if (keys.length !== this.#order.length) {
      this.#colours = new Map(keys.map(({ key }, i) => [key, keys.length > seriesColours ? 0 : i]))
    }
    if (!isNew && (now - this.#ordered < settleMs || this.#cards.root.matches(':hover, :focus-within'))) return
    this.#ordered = now
    this.#alarms = firing
    const scores = abnormality(keys.map(series => lastValue(store.grid, series, column)))
    this.#order = ranked(keys.map(({ key }, i) => ({ key, rank: rank(key), score: scores[i]! })))
  }

  #say({ grid }: ViewStore): void {
    const all = grid.keys.size + grid.refusedKeys
    const many = all > seriesColours ? `${plural(all, 'device')}, ` : ''
    const rest = grid.refusedKeys + this.#cards.hidden
    setText(this.#note, `${many}most abnormal first, one scale${rest > 0 ? `; ${plural(rest, 'more is', 'more are')} not drawn` : ''}`)
  }
}

/** The range of all devices over the time drawn, so that their heights can be compared; widened where all is flat. */
const commonScale = ({ grid }: ViewStore, column: number): readonly [number, number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  const from = Math.max(0, grid.length - pointsShown)
  for (const series of grid.keys.values()) {
    const values = grid.valuesFrom(series, column, from)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return [0, 1]
  const least = Math.abs(high) * 0.05 || 1
  const middle = (low + high) / 2
  return high - low >= least ? [low, high] : [middle - least / 2, middle + least / 2]
}
