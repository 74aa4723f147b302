import type { Alert } from '../../src/model/alert.js'
import type { DeadLetter, JobGraph, JobSummary, LiveEvent, ViewInfo } from '../../src/model/api.js'
import type { DemoStatus } from '../../src/model/demo-status.js'
import { loadDashboard } from './definition/load-dashboard.js'
import { element } from './dom/element.js'
import { OnScreen } from './dom/on-screen.js'
import { hearKeys } from './dom/page-keys.js'
import { getJson } from './feed/get-json.js'
import { LiveFeed } from './feed/live-feed.js'
import { poll } from './feed/poll.js'
import type { PageContext, PageState, Section } from './page-state.js'
import { DemoBar } from './sections/demo-bar.js'
import type { Health } from './sections/health.js'
import { KeyList } from './sections/key-list.js'
import { makeSections } from './sections/make-sections.js'
import type { TopBar } from './sections/top-bar.js'
import { ViewStore } from './store/view-store.js'
import type { Connection } from './text/health-sentence.js'
import type { Outage } from './text/outage-sentence.js'

const secondMs = 1000
/** Real ms for which the page says what a loss of the connection has done. */
const outageShownMs = 30_000
/** Dead letters are asked for when their number changes, and now and then, since another page may have retried one. */
const lettersMs = 10_000

/** The page: which job is shown, what is known of it, and who draws it. */
export class Page {
  readonly #host: HTMLElement
  readonly #topBar: TopBar
  readonly #health: Health
  readonly #mark: () => void
  readonly #screen: OnScreen
  readonly #isKiosk: boolean
  readonly #keys = new KeyList()
  readonly #body = element('div', { class: 'sections' })
  #jobs: readonly JobSummary[] = []
  #shown: string | undefined
  #views = new Map<string, ViewStore>()
  #graph: JobGraph | undefined
  #deadLetters: readonly DeadLetter[] = []
  #deadCount = -1
  #deadAsked = 0
  #outage: (Outage & { readonly endedAt: number }) | undefined
  #alerts: readonly Alert[] = []
  #demo: DemoStatus | undefined
  #sections: readonly Section[] = []
  #feed: LiveFeed | undefined
  #answered = false
  #opening = 0

  constructor(host: HTMLElement, topBar: TopBar, health: Health, isKiosk: boolean, mark: () => void) {
    this.#host = host
    this.#topBar = topBar
    this.#health = health
    this.#isKiosk = isKiosk
    this.#mark = mark
    this.#screen = new OnScreen(mark)
  }

  start(): void {
    this.#host.append(this.#body)
    window.addEventListener('hashchange', () => this.#choose())
    window.addEventListener('resize', () => this.#mark())
    hearKeys(key => this.#press(key))
    poll(() => this.#ask(), secondMs)
  }

  /** Opens or closes the list of keys. */
  showKeys(): void {
    this.#keys.toggle(this.#demo?.actions ?? [])
  }

  draw(now: number): void {
    const state = this.#state(now)
    this.#topBar.draw(state)
    this.#health.draw(state)
    for (const section of this.#sections) section.draw(state)
  }

  #state(now: number): PageState {
    return {
      jobs: this.#jobs,
      job: this.#jobs.find(job => job.id === this.#shown),
      connection: this.#connection(now),
      silentMs: this.#feed?.silentFor(now) ?? 0,
      outage: this.#outage && now - this.#outage.endedAt < outageShownMs ? this.#outage : undefined,
      views: this.#views,
      graph: this.#graph,
      deadLetters: this.#deadLetters,
      alerts: this.#alerts,
      demo: this.#demo,
    }
  }

  #connection(now: number): Connection {
    if (this.#feed && this.#shown !== undefined) return this.#feed.connection(now)
    return this.#answered ? 'live' : 'connecting'
  }

  /** Once a second: the list of jobs until the stream brings it, the graph, and dead letters when there are new ones. */
  async #ask(): Promise<void> {
    if (this.#feed?.connection() !== 'live') {
      const jobs = await getJson<JobSummary[]>('api/v1/jobs')
      if (jobs) {
        this.#answered = true
        this.#takeJobs(jobs)
      }
    }
    const job = this.#shown
    if (job !== undefined) {
      const graph = await getJson<JobGraph>(`api/v1/jobs/${encodeURIComponent(job)}/graph`)
      const dead = this.#jobs.find(summary => summary.id === job)?.counts.deadLettered ?? 0
      const isDue = dead !== this.#deadCount || (dead > 0 && performance.now() - this.#deadAsked > lettersMs)
      const letters = isDue ? await getJson<DeadLetter[]>(`api/v1/dead-letters.json?job=${encodeURIComponent(job)}`) : undefined
      if (job !== this.#shown) return
      if (graph) this.#graph = graph
      if (letters) {
        this.#deadLetters = letters
        this.#deadCount = dead
        this.#deadAsked = performance.now()
      }
    }
    this.#mark()
  }

  #takeJobs(jobs: readonly JobSummary[]): void {
    this.#jobs = jobs
    if (this.#shown === undefined || !jobs.some(job => job.id === this.#shown)) this.#choose()
    this.#mark()
  }

  /** The job that the address names, else the first. */
  #choose(): void {
    const named = decodeHash(location.hash)
    const job = this.#jobs.find(summary => summary.id === named) ?? this.#jobs.find(summary => summary.id === this.#shown) ?? this.#jobs[0]
    if (job && job.id !== this.#shown) void this.#open(job.id)
  }

  async #open(job: string): Promise<void> {
    const opening = ++this.#opening
    this.#close()
    this.#shown = job
    document.title = `${job} · Millrace`
    this.#mark()
    const infos = await this.#viewsOf(job, () => opening === this.#opening)
    if (opening !== this.#opening) return
    const { dashboard, problems } = await loadDashboard(job, infos)
    if (opening !== this.#opening) return
    document.title = `${dashboard.title} · Millrace`
    for (const info of infos) this.#views.set(info.id, new ViewStore(info))
    const context: PageContext = { job, isKiosk: this.#isKiosk, screen: this.#screen, mark: () => this.#mark() }
    this.#sections = makeSections(context, dashboard, problems, infos, this.#body)
    const names = infos.map(info => encodeURIComponent(`${job}:${info.id}`)).join(',')
    // A job without views is followed for its figures alone.
    const url = infos.length > 0 ? `api/v1/live?views=${names}` : 'api/v1/live?rows=1'
    this.#feed = new LiveFeed(
      url,
      event => this.#take(job, event),
      () => this.#mark(),
      tookMs => this.#back(tookMs),
    )
  }

  /** The views of a job; asked for again until the server answers. */
  async #viewsOf(job: string, isWanted: () => boolean): Promise<readonly ViewInfo[]> {
    while (isWanted()) {
      const views = await getJson<ViewInfo[]>('api/v1/views')
      if (views) return views.filter(view => view.job === job).map(view => ({ ...view, id: ownName(job, view.id) }))
      await new Promise(resolve => setTimeout(resolve, secondMs))
    }
    return []
  }

  #back(tookMs: number): void {
    const before = this.#jobs.find(job => job.id === this.#shown)
    if (before) this.#outage = { tookMs, before, endedAt: performance.now() }
  }

  #press(key: string): boolean {
    if (key === '?' && !this.#isKiosk) {
      this.showKeys()
      return true
    }
    const action = this.#demo?.actions.find(one => (one.key === 'space' ? ' ' : one.key) === key)?.action
    const bar = this.#sections.find(section => section instanceof DemoBar)
    if (action === undefined || !bar) return false
    void bar.act(action)
    return true
  }

  #close(): void {
    this.#feed?.close()
    this.#feed = undefined
    for (const section of this.#sections) section.dispose?.()
    this.#sections = []
    this.#views = new Map()
    this.#graph = undefined
    this.#deadLetters = []
    this.#deadCount = -1
    this.#outage = undefined
    this.#alerts = []
    this.#body.replaceChildren()
  }

  #take(job: string, event: LiveEvent): void {
    if (event.type === 'snapshot') {
      const id = ownName(job, event.view.id)
      const before = this.#views.get(id)
      if (!before || event.view.job !== job) return
      const store = new ViewStore({ ...event.view, id })
      store.upsert(event.rows, undefined)
      store.grid.version += before.grid.version + 1
      this.#views.set(id, store)
    } else if (event.type === 'upsert') {
      const store = this.#views.get(ownName(job, event.view))
      store?.upsert(event.rows, this.#jobs.find(summary => summary.id === job)?.now)
      store?.remove(event.removed)
    } else if (event.type === 'progress') {
      this.#takeJobs(event.jobs)
    } else if (event.type === 'alerts') {
      this.#alerts = event.alerts.filter(alert => alert.job === job)
    } else if (event.type === 'demo') {
      this.#demo = event.demo
    }
    this.#mark()
  }
}

/** The id of a view within its job: where several jobs have a view of one id, the server calls each `job:id`. */
const ownName = (job: string, name: string): string => (name.startsWith(`${job}:`) ? name.slice(job.length + 1) : name)

const decodeHash = (hash: string): string => {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ''
  }
}
