import type { AlertsPanel } from '../../../src/dashboard/dashboard.js'
import { element, replaceWhenChanged } from '../dom/element.js'
import type { PageState, Section } from '../page-state.js'
import type { ViewStore } from '../store/view-store.js'
import { clockTime, duration, withUnit } from '../text/format.js'

/** One stretch of consecutive windows in which a condition held for one key. */
export interface Episode {
  readonly key: string
  readonly label: string
  readonly from: number
  readonly to: number
  readonly peak: number
  readonly last: number
  readonly isFiring: boolean
}

const shownEpisodes = 4

/**
 * Groups the windows in which the condition held into episodes, the firing ones first, then the newest. An episode fires
 * while its last window is the newest that can exist on the job's clock.
 */
export const episodes = (store: ViewStore, panel: AlertsPanel, now: number): readonly Episode[] => {
  const column = store.column(panel.column)
  if (column < 0) return []
  const every = store.every ?? 60_000
  const worst = panel.below === undefined ? Math.max : Math.min
  const found: Episode[] = []
  for (const series of store.grid.keys.values()) {
    let open: Episode | undefined
    for (let slot = store.grid.length - 1; slot >= 0; slot--) {
      const value = store.grid.value(series, column, slot)
      if (Number.isNaN(value) || !holds(value, panel)) continue
      const time = store.grid.time(slot)
      if (open && open.from - (time + every / 2) < every / 2) {
        open = { ...open, from: time - every / 2, peak: worst(open.peak, value) }
        found[found.length - 1] = open
        continue
      }
      const to = time + every / 2
      const isFiring = now - to < every * 1.5 && isNewest(store, series.lastTime, time)
      open = { key: series.key, label: series.label, from: time - every / 2, to, peak: value, last: value, isFiring }
      found.push(open)
    }
  }
  return found.sort(firingFirst)
}

/** Without limits the row itself says that the condition held. */
const holds = (value: number, { above, below }: AlertsPanel): boolean =>
  (above === undefined && below === undefined) || (above !== undefined && value > above) || (below !== undefined && value < below)

/** Whether the condition still held in the last window that the device has. */
const isNewest = (store: ViewStore, lastTime: number, time: number): boolean => lastTime - time <= (store.every ?? 0) * 0.5

/** An episode and the panel that says what it means. */
interface Alert extends Episode {
  readonly panel: AlertsPanel
  readonly store: ViewStore
}

/** Alerts of all panels on one card: what fires now, and what is over. */
export class Alerts implements Section {
  readonly root: HTMLElement
  readonly #panels: readonly AlertsPanel[]
  readonly #body = element('div')

  constructor(panels: readonly AlertsPanel[]) {
    this.#panels = panels
    this.root = element('article', { class: 'card' }, element('h2', {}, 'Alerts'), this.#body)
  }

  draw(state: PageState): void {
    if (!state.job) return
    const { now } = state.job
    const list = this.#panels.flatMap((panel): readonly Alert[] => {
      const store = state.views.get(panel.view)
      return store ? episodes(store, panel, now).map(episode => ({ ...episode, panel, store })) : []
    })
    list.sort(firingFirst)
    const shown = list.slice(0, shownEpisodes)
    const drawn = shown.map(({ store: _, ...alert }) => alert)
    replaceWhenChanged(this.#body, `${Math.floor(now / 1000)}|${list.length}|${JSON.stringify(drawn)}`, () => {
      if (shown.length === 0) return [element('p', { class: 'soft calm' }, 'None. Nothing has fired in what is kept.')]
      const rest = list.length - shown.length
      const items = shown.map(alert => itemOf(alert, now))
      return [element('ul', { class: 'alerts' }, ...items), rest > 0 ? element('p', { class: 'soft calm' }, `and ${rest} older`) : '']
    })
  }
}

const firingFirst = (a: Episode, b: Episode): number => Number(b.isFiring) - Number(a.isFiring) || b.to - a.to

const itemOf = ({ panel, store, ...episode }: Alert, now: number): HTMLLIElement => {
  const unit = panel.unit ?? store.unit(panel.column)
  const name = `${episode.label}: ${lowerFirst(panel.title ?? panel.view)}`
  const words = episode.isFiring
    ? `${panel.column} ${withUnit(episode.last, unit)} · firing for ${duration(Math.max(0, now - episode.from))}`
    : `over · ${clockTime(episode.from)}–${clockTime(episode.to)}, ${panel.below === undefined ? 'up' : 'down'} to ${withUnit(episode.peak, unit)}`
  return element('li', { class: episode.isFiring ? 'firing' : 'over' }, element('b', {}, name), element('span', {}, words))
}

export const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
