import type { SourceLoss } from '../../connector/source.js'
import type { Graph, GraphSource, NodeMetrics } from '../../job/graph.js'
import { guaranteeOf } from '../../job/guarantee.js'
import type { WriterFacts } from '../../job/guarantee-of-sink.js'
import type { JobSummary } from '../../model/api.js'
import type { Guarantee } from '../../model/guarantee.js'
import { sinkNode } from '../flow/sink-node.js'
import { defaultIdMs, defaultIds } from '../identity/id-set.js'
import type { JobRunner } from '../job-runner.js'
import { lateRows } from '../letters/late-rows.js'
import { attentionOf } from './attention.js'
import { FlowWatch } from './flow-watch.js'
import { journalSummaryOf } from './journal-summary.js'
import { RateWindow } from './rate-window.js'
import { StatusLog } from './status-log.js'

export interface StatusOptions {
  readonly clockLabel: string | undefined
  readonly derived: boolean
  readonly nodeFailing: () => string | undefined
}

/** What status pages say of one job, from its counters. */
export class JobStatus {
  readonly runner: JobRunner
  readonly #options: StatusOptions
  readonly rates = new RateWindow()
  readonly flow = new FlowWatch()
  #graph: Graph | undefined
  /** What peers have lost is missing also while a source is opened again, and when the job has ended. */
  readonly #lost = new Map<string, SourceLoss>()
  /** Messages that came settled, by source: to the present reader, and to those before it. */
  readonly #presettled = new Map<string, { readonly former: number; readonly now: number }>()
  readonly #log: StatusLog

  constructor(runner: JobRunner, options: StatusOptions) {
    this.runner = runner
    this.#options = options
    this.#log = new StatusLog(runner)
  }

  /** Remembers the counters, for rates, and says in the log what changed; called twice a second or so. */
  sample(at: number): void {
    const { graph, memory, pump } = this.runner
    if (graph !== this.#graph) {
      this.#graph = graph
      this.rates.clear()
      this.flow.clear()
    }
    const metrics = graph.metrics()
    this.flow.look(at, metrics)
    const values = new Map([
      ['received', memory.counts.received],
      ['rested', pump?.restedMs ?? 0],
      ['starved', this.starvedMs],
    ])
    for (const [id, { rowsIn, rowsOut, messages, busyNs }] of metrics) {
      values.set(`in ${id}`, rowsIn)
      values.set(`out ${id}`, rowsOut)
      values.set(`messages ${id}`, messages)
      values.set(`busy ${id}`, busyNs)
    }
    this.rates.sample(at, values)
    this.#log.look(this.#guarantee())
  }

  /** Real ms in which the process had work and the machine ran others, from an arbitrary start; 0 where that is not known. */
  get starvedMs(): number {
    return this.runner.options.real.starved?.() ?? 0
  }

  summary(at: number): JobSummary {
    const { runner } = this
    const metrics = runner.graph.metrics()
    const now = runner.phase === 'running' ? runner.clock.readWall() : runner.clock.wall
    const error = runner.phase === 'failed' ? runner.error : undefined
    return {
      id: runner.id,
      state: this.#state(),
      now,
      ...(this.#options.clockLabel !== undefined && { clockLabel: this.#options.clockLabel }),
      derived: this.#options.derived,
      guarantee: this.#guarantee(),
      rate: this.rates.rate('received', at, runner.memory.counts.received),
      behind: this.#behind(now, metrics),
      counts: this.#counts(),
      ...(runner.store && { journal: journalSummaryOf(runner.store, runner.memory.entry) }),
      attention: attentionOf(runner, at, this.#usesNode ? this.#options.nodeFailing() : undefined),
      ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
    }
  }

  /** As it is now: with what the open sinks say of themselves, what came settled by its sender, and what peers have lost. */
  #guarantee(): Guarantee {
    const { graph, outbox, feeds, store } = this.runner
    const writers = new Map<string, WriterFacts>()
    for (const [id, { guarantee, remembers, why }] of outbox.lanes) if (guarantee) writers.set(id, { guarantee, remembers, why })
    const statuses = new Map(feeds.map(feed => [feed.source.id, feed.status()]))
    for (const [id, { lost }] of statuses) if (lost) this.#lost.set(id, lost)
    return guaranteeOf(graph, {
      journal: store !== undefined,
      remembered: { ids: defaultIds, ms: defaultIdMs },
      writers,
      // Of all sources: also before they are opened it is known what the journal holds.
      presettled: new Map(graph.sources.map(source => [source.id, this.#presettledOf(source, statuses.get(source.id)?.presettled ?? 0)])),
      lost: this.#lost,
    })
  }

  /**
   * A reader counts from 0; what came settled to the one before it, and went with it, nobody sends again. Of former processes
   * the journal knows what they took in.
   */
  #presettledOf({ id, spec }: GraphSource, now: number): number {
    const seen = this.#presettled.get(id) ?? { former: 0, now: 0 }
    const former = now < seen.now ? seen.former + seen.now : seen.former
    this.#presettled.set(id, { former, now })
    // Only where what is not accepted comes again is a message of which nobody has to be told one that may be lost.
    const kept = spec.promise?.unaccepted === 'again' ? this.runner.memory.presettled.get(id) : undefined
    return Math.max(former + now, kept ?? 0)
  }

  get #usesNode(): boolean {
    const { sources, sinks } = this.runner.graph
    return sources.some(({ spec }) => spec.usesEmbeddedNode) || sinks.some(({ spec }) => spec.usesEmbeddedNode)
  }

  #state(): JobSummary['state'] {
    const { phase, feeds, outbox, deadLetters } = this.runner
    if (phase !== 'running') return phase
    if (feeds.some(feed => feed.state === 'opening')) return 'starting'
    const away = feeds.some(feed => feed.state !== 'ended' && !feed.status().connected)
    return away || outbox.full || deadLetters.full || this.runner.store?.durability.journal.full ? 'waiting' : 'running'
  }

  /** Ms between the job's clock and the newest watermark that reached a sink. */
  #behind(now: number, metrics: ReadonlyMap<string, NodeMetrics>): number | null {
    let newest = Number.NEGATIVE_INFINITY
    for (const sink of this.runner.graph.sinks) {
      const watermark = metrics.get(sinkNode(sink))?.watermark ?? Number.NEGATIVE_INFINITY
      if (watermark < Number.POSITIVE_INFINITY && watermark > newest) newest = watermark
    }
    return newest === Number.NEGATIVE_INFINITY ? null : Math.max(0, now - newest)
  }

  #counts(): JobSummary['counts'] {
    const { memory, graph, feeds } = this.runner
    const { counts } = memory
    const waiting = feeds.reduce((sum, feed) => sum + feed.waitingMessages, 0)
    const late = counts.late + lateRows(graph)
    const { received, duplicate, deadLettered, skipped, results, idReused } = counts
    const counted = received - duplicate - deadLettered - skipped - late
    const fate = { received: received + waiting, counted: Math.max(0, counted), late, duplicate, deadLettered, skipped, waiting, results }
    return { ...fate, ...(idReused > 0 && { idReused }) }
  }
}
