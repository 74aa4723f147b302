import type { JobSummary, LiveEvent } from '../../src/model/api.js'
import type { DemoStatus } from '../../src/model/demo-status.js'
import { OnScreen } from './dom/on-screen.js'
import { hearKeys } from './dom/page-keys.js'
import { getJson } from './feed/get-json.js'
import { poll } from './feed/poll.js'
import { OpenJob } from './open-job.js'
import type { PageState } from './page-state.js'
import { DemoBar } from './sections/demo-bar.js'
import type { Health } from './sections/health.js'
import { KeyList } from './sections/key-list.js'
import type { TopBar } from './sections/top-bar.js'
import type { Connection } from './text/health-sentence.js'
import type { Outage } from './text/outage-sentence.js'

const secondMs = 1000
/** Real ms for which the page says what a loss of the connection has done. */
const outageShownMs = 30_000

/** The page: which jobs there are, which one is shown, and what concerns the whole process. */
export class Page {
  readonly #host: HTMLElement
  readonly #topBar: TopBar
  readonly #health: Health
  readonly #isKiosk: boolean
  readonly #mark: (forReader?: boolean) => void
  readonly #screen: OnScreen
  readonly #keys = new KeyList()
  #jobs: readonly JobSummary[] = []
  /** The same as the stream told it: while that is lost the list of jobs is asked for, and may come from another process. */
  #told: readonly JobSummary[] = []
  #open: OpenJob | undefined
  #outage: (Outage & { readonly endedAt: number }) | undefined
  #demo: DemoStatus | undefined
  #answered = false

  constructor(host: HTMLElement, topBar: TopBar, health: Health, isKiosk: boolean, mark: (forReader?: boolean) => void) {
    this.#host = host
    this.#topBar = topBar
    this.#health = health
    this.#isKiosk = isKiosk
    this.#mark = mark
    this.#screen = new OnScreen(() => mark(true))
  }

  start(): void {
    window.addEventListener('hashchange', () => this.#choose())
    window.addEventListener('resize', () => this.#mark(true))
    window.addEventListener('beforeprint', () => this.#print(true))
    window.addEventListener('afterprint', () => this.#print(false))
    hearKeys(key => this.#press(key))
    poll(() => this.#ask(), secondMs)
  }

  /** Opens or closes the list of keys. */
  showKeys(): void {
    this.#keys.toggle(this.#demo?.actions ?? [])
  }

  draw(now: number): void {
    this.#screen.frame(now)
    const state = this.#state(now)
    this.#topBar.draw(state)
    this.#health.draw(state)
    for (const section of this.#open?.sections ?? []) section.draw(state)
  }

  /** Before it is printed, everything is drawn once, for paper; after that again for the screen. */
  #print(isPaper: boolean): void {
    document.documentElement.classList.toggle('paper', isPaper)
    this.#screen.isPaper = isPaper
    this.draw(performance.now())
  }

  #state(now: number): PageState {
    const own = this.#open?.state(now) ?? { silentMs: 0, views: new Map(), graph: undefined, deadLetters: [], alerts: [] }
    return {
      ...own,
      jobs: this.#jobs,
      job: this.#shown(),
      connection: this.#connection(now),
      outage: this.#outage && now - this.#outage.endedAt < outageShownMs ? this.#outage : undefined,
      demo: this.#demo,
    }
  }

  #shown(): JobSummary | undefined {
    return this.#jobs.find(job => job.id === this.#open?.id)
  }

  #connection(now: number): Connection {
    return this.#open?.connection(now) ?? (this.#answered ? 'live' : 'connecting')
  }

  /** Once a second: the list of jobs until the stream brings it, and what the shown job does not tell by itself. */
  async #ask(): Promise<void> {
    if (this.#open?.connection(performance.now()) !== 'live') {
      const jobs = await getJson<JobSummary[]>('api/v1/jobs')
      if (jobs) {
        this.#answered = true
        this.#takeJobs(jobs)
      }
    }
    await this.#open?.ask(this.#shown())
    this.#mark()
  }

  #takeJobs(jobs: readonly JobSummary[]): void {
    this.#jobs = jobs
    if (!this.#shown()) this.#choose()
    this.#mark()
  }

  /** The job that the address names, else the one that is shown, else the first. */
  #choose(): void {
    const named = decodeHash(location.hash)
    const job = this.#jobs.find(({ id }) => id === named) ?? this.#shown() ?? this.#jobs[0]
    if (job && job.id !== this.#open?.id) this.#show(job.id)
    // A link to a place of the page has done its work; a refresh must find the job.
    else if (job && named !== '' && named !== job.id) history.replaceState(null, '', `#${encodeURIComponent(job.id)}`)
  }

  #show(id: string): void {
    this.#open?.close()
    this.#outage = undefined
    document.title = `${id} · Millrace`
    const context = { job: id, isKiosk: this.#isKiosk, screen: this.#screen, mark: this.#mark }
    const open = new OpenJob(context, {
      heard: event => this.#heard(event),
      back: tookMs => this.#back(tookMs),
      changed: () => {
        if (this.#open === open) this.#show(id)
      },
    })
    this.#open = open
    this.#host.append(open.root)
    void open.open()
    this.#mark()
  }

  #heard(event: LiveEvent): void {
    if (event.type === 'progress') {
      this.#told = event.jobs
      this.#takeJobs(event.jobs)
    } else if (event.type === 'demo') this.#demo = event.demo
  }

  #back(tookMs: number): void {
    const before = this.#told.find(job => job.id === this.#open?.id)
    if (before) this.#outage = { tookMs, before, wasKilled: this.#demo?.killed === true, endedAt: performance.now() }
  }

  #press(key: string): boolean {
    if (key === '?' && !this.#isKiosk) {
      this.showKeys()
      return true
    }
    const action = this.#demo?.actions.find(one => (one.key === 'space' ? ' ' : one.key) === key)?.action
    const bar = this.#open?.sections.find(section => section instanceof DemoBar)
    if (action === undefined || !bar) return false
    void bar.act(action)
    return true
  }
}

const decodeHash = (hash: string): string => {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ''
  }
}
