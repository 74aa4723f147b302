import type { Alert } from '../../src/model/alert.js'
import type { DeadLetter, JobGraph, JobSummary, LiveEvent, ViewInfo } from '../../src/model/api.js'
import { FollowedDashboard } from './definition/followed-dashboard.js'
import type { LoadedDashboard } from './definition/load-dashboard.js'
import { element } from './dom/element.js'
import { getJson } from './feed/get-json.js'
import { LiveFeed } from './feed/live-feed.js'
import type { PageContext, PageState, Section } from './page-state.js'
import { makeSections } from './sections/make-sections.js'
import { ViewStore } from './store/view-store.js'
import type { Connection } from './text/health-sentence.js'

/** Dead letters are asked for when their number changes, and now and then, since another page may have retried one. */
const lettersMs = 10_000
const retryMs = 1000
/** Real ms that new parts of the page take to stand. */
const settleMs = 500

/** What a job tells beside its own data. */
export interface JobNews {
  /** Events that concern the whole process. */
  heard(event: LiveEvent): void
  /** The server is heard again, after so many real ms. */
  back(tookMs: number): void
  /** The job has other views than it had: it must be opened anew. */
  changed(): void
}

/** One job that is shown: its stream, its views, and the sections that draw them. */
export class OpenJob {
  readonly root = element('div', { class: 'sections' })
  readonly #context: PageContext
  readonly #news: JobNews
  readonly #views = new Map<string, ViewStore>()
  readonly #snapshots = new Set<string>()
  #graph: JobGraph | undefined
  #letters: readonly DeadLetter[] = []
  #lettersCount = -1
  #lettersAsked = 0
  #alerts: readonly Alert[] = []
  readonly #dashboard: FollowedDashboard
  #sections: readonly Section[] = []
  #feed: LiveFeed | undefined
  #infos: readonly ViewInfo[] = []
  #isClosed = false

  constructor(context: PageContext, news: JobNews) {
    this.#context = context
    this.#news = news
    this.#dashboard = new FollowedDashboard(context.job)
  }

  get id(): string {
    return this.#context.job
  }

  get sections(): readonly Section[] {
    return this.#sections
  }

  /** Undefined until its stream is asked for. */
  connection(now: number): Connection | undefined {
    return this.#feed?.connection(now)
  }

  state(now: number): Pick<PageState, 'silentMs' | 'views' | 'graph' | 'deadLetters' | 'alerts'> {
    return {
      silentMs: this.#feed?.silentFor(now) ?? 0,
      views: this.#views,
      graph: this.#graph,
      deadLetters: this.#letters,
      alerts: this.#alerts,
    }
  }

  async open(): Promise<void> {
    const { job, mark } = this.#context
    this.#infos = await this.#ownViews()
    const loaded = await this.#dashboard.load(this.#infos)
    if (this.#isClosed) return
    for (const info of this.#infos) this.#views.set(info.id, new ViewStore(info))
    this.#build(loaded)
    const names = this.#infos.map(info => encodeURIComponent(`${job}:${info.id}`)).join(',')
    // A job without views is followed for its figures alone.
    const url = this.#infos.length > 0 ? `api/v1/live?views=${names}` : 'api/v1/live?rows=1'
    this.#feed = new LiveFeed(
      url,
      event => this.#take(event),
      () => mark(),
      tookMs => this.#news.back(tookMs),
    )
  }

  close(): void {
    this.#isClosed = true
    this.#feed?.close()
    for (const section of this.#sections) section.dispose?.()
    this.root.remove()
  }

  /** What is shown is made anew in its place; the stream and what it brought stay. */
  #build({ dashboard, problems }: LoadedDashboard): void {
    document.title = `${dashboard.title} · Millrace`
    for (const section of this.#sections) section.dispose?.()
    // The page keeps its height until the new parts have theirs: it must not jump to the top.
    this.root.style.minHeight = `${this.root.offsetHeight}px`
    this.#sections = makeSections(this.#context, dashboard, problems, this.#infos, this.root)
    this.#context.mark(true)
    setTimeout(() => this.root.style.removeProperty('min-height'), settleMs)
  }

  /** Once a second: the graph, an edited dashboard, and dead letters where there may be others than before. */
  async ask(summary: JobSummary | undefined): Promise<void> {
    const job = encodeURIComponent(this.id)
    const graph = await getJson<JobGraph>(`api/v1/jobs/${job}/graph`)
    const count = summary?.counts.deadLettered ?? 0
    const isDue = count !== this.#lettersCount || (count > 0 && performance.now() - this.#lettersAsked > lettersMs)
    const letters = isDue ? await getJson<DeadLetter[]>(`api/v1/dead-letters.json?job=${job}`) : undefined
    const edited = this.#feed ? await this.#dashboard.look(this.#infos) : undefined
    if (this.#isClosed) return
    if (edited) this.#build(edited)
    if (graph) this.#graph = graph
    if (letters) {
      this.#letters = letters
      this.#lettersCount = count
      this.#lettersAsked = performance.now()
    }
  }

  /** The views of this job; asked for again until the server answers. */
  async #ownViews(): Promise<readonly ViewInfo[]> {
    while (!this.#isClosed) {
      const views = await getJson<ViewInfo[]>('api/v1/views')
      if (views) return views.filter(view => view.job === this.id).map(view => ({ ...view, id: this.#ownName(view.id) }))
      await new Promise(resolve => setTimeout(resolve, retryMs))
    }
    return []
  }

  #take(event: LiveEvent): void {
    if (event.type === 'snapshot') this.#takeSnapshot(event)
    else if (event.type === 'upsert') {
      const store = this.#views.get(this.#ownName(event.view))
      store?.upsert(event.rows, event.seen)
      store?.remove(event.removed)
    } else if (event.type === 'alerts') this.#alerts = event.alerts.filter(alert => alert.job === this.id)
    else this.#news.heard(event)
    this.#context.mark()
  }

  #takeSnapshot({ view, rows, seen, quiet }: LiveEvent & { readonly type: 'snapshot' }): void {
    const id = this.#ownName(view.id)
    const before = this.#views.get(id)
    if (!before || view.job !== this.id) return
    const store = new ViewStore({ ...view, id })
    if (quiet) store.recall(quiet.rows, quiet.seen)
    store.upsert(rows, seen)
    store.grid.version += before.grid.version + 1
    this.#views.set(id, store)
    // A second snapshot comes after a restart, and the job may be another one by now.
    if (this.#snapshots.has(id)) void this.#compare()
    this.#snapshots.add(id)
  }

  async #compare(): Promise<void> {
    this.#snapshots.clear()
    const shape = (views: readonly ViewInfo[]): string =>
      JSON.stringify(views.map(({ id, columns, window }) => [id, columns, window]).sort())
    const views = await this.#ownViews()
    if (!this.#isClosed && views.length > 0 && shape(views) !== shape(this.#infos)) this.#news.changed()
  }

  /** The id of a view within its job: where several jobs have a view of one id, the server calls each `job:id`. */
  #ownName(name: string): string {
    return name.startsWith(`${this.id}:`) ? name.slice(this.id.length + 1) : name
  }
}
