import { element, replaceWhenChanged, setAttribute } from '../dom/element.js'
import type { PageState } from '../page-state.js'
import { clockTime, dateTime } from '../text/format.js'

/** Tabs of the jobs, and the clock that rules everything on the page. */
export class TopBar {
  readonly #nav: HTMLElement
  readonly #clock: HTMLElement
  #shown = ''

  constructor(nav: HTMLElement, clock: HTMLElement) {
    this.#nav = nav
    this.#clock = clock
  }

  draw(state: PageState): void {
    const ids = state.jobs.map(job => job.id)
    const current = state.job?.id ?? ''
    replaceWhenChanged(this.#nav, ids.join('\u0000'), () => {
      this.#shown = ''
      return ids.map(id => element('a', { href: `#${encodeURIComponent(id)}` }, id))
    })
    if (current !== this.#shown) this.#show(ids.indexOf(current))
    this.#shown = current
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

  /** The links stay the same: who has chosen one with the keyboard goes on from there. */
  #show(current: number): void {
    for (const [i, link] of [...this.#nav.children].entries()) setAttribute(link, 'aria-current', i === current ? 'page' : undefined)
    this.#nav.children[current]?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
}
