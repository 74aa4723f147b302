import { element, replaceWhenChanged } from '../dom/element.js'
import type { PageState } from '../page-state.js'
import { clockTime, dateTime } from '../text/format.js'

/** Tabs of the jobs, and the clock that rules everything on the page. */
export class TopBar {
  readonly #nav: HTMLElement
  readonly #clock: HTMLElement

  constructor(nav: HTMLElement, clock: HTMLElement) {
    this.#nav = nav
    this.#clock = clock
  }

  draw(state: PageState): void {
    const ids = state.jobs.map(job => job.id)
    const current = state.job?.id ?? ''
    const isNew = replaceWhenChanged(this.#nav, `${current}|${ids.join()}`, () =>
      ids.map(id => element('a', { href: `#${encodeURIComponent(id)}`, 'aria-current': id === current ? 'page' : undefined }, id)),
    )
    if (isNew) this.#nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    const { job } = state
    if (!job) return
    const label = job.clockLabel
    const time = clockTime(job.now, label === undefined)
    replaceWhenChanged(this.#clock, `${label}|${time}|${job.derived}`, () => {
      const clock = element(
        'time',
        { datetime: new Date(job.now).toISOString(), title: `${dateTime(job.now)} UTC` },
        element('b', {}, time),
      )
      const words = label ? [`${label} · data clock `, clock] : ['clock ', clock, ' UTC']
      return job.derived
        ? [
            ...words,
            element('span', { class: 'derived', title: 'Made from real data: shifted, multiplied or disturbed on purpose' }, 'derived'),
          ]
        : words
    })
  }
}
