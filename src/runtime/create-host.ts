import { KeptFile } from '../journal/kept-file.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { TimeSource } from '../model/seams.js'
import type { ViewRegistry } from '../views/view-registry.js'
import type { Host } from './host.js'
import type { JobRunner } from './job-runner.js'
import { jobGraphOf } from './status/job-graph-status.js'
import { JobStatus } from './status/job-status.js'
import { createMetrics } from './status/metrics.js'

export interface HostOptions {
  readonly runners: readonly JobRunner[]
  readonly views: ViewRegistry
  readonly real: TimeSource
  readonly clockLabel: string | undefined
  readonly derived: boolean
  /** Why the embedded AMQP node cannot store messages at present. */
  readonly nodeFailing: () => string | undefined
}

const samplePeriod = 500
/** Of all jobs together. */
const mostTaps = 20

/** What the HTTP API and the command line see of running jobs. */
export function createHost(options: HostOptions): Host {
  const { runners, views, real, nodeFailing } = options
  const statuses = runners.map(runner => new JobStatus(runner, options))
  const byId = new Map(statuses.map(status => [status.runner.id, status]))
  const registry = createMetrics(statuses, () => real.monotonic())
  const sample = () => {
    for (const status of statuses) status.sample(real.monotonic())
    if (runners.some(({ phase }) => phase !== 'stopped' && phase !== 'failed')) real.after(samplePeriod, sample)
  }
  sample()

  return {
    jobs: () => statuses.map(status => status.summary(real.monotonic())),
    graph: job => {
      const status = byId.get(job)
      return status && jobGraphOf(status, real.monotonic())
    },
    views: () => views.views(),
    deadLetters(filter) {
      const asked = filter.job === undefined ? runners : runners.filter(({ id }) => id === filter.job)
      const found = asked.flatMap(runner => runner.insight.letters(filter, runner))
      if (asked.length > 1) found.sort((a, b) => b.at - a.at)
      return found.slice(0, filter.limit ?? 1_000)
    },
    deadLetterBytes(id) {
      for (const { deadLetters } of runners) {
        const bytes = deadLetters.find(id)?.bytes
        if (bytes) return bytes
      }
      return undefined
    },
    async retryDeadLetter(id) {
      for (const runner of runners) {
        const letter = await runner.insight.retry(id, runner)
        if (letter) return letter
      }
      return undefined
    },
    lateRows: (job, limit) => byId.get(job)?.runner.insight.late.list(limit),
    tap(job, from, to, reader) {
      const runner = byId.get(job)?.runner
      if (!runner) return undefined
      const open = runners.reduce((sum, { insight }) => sum + insight.taps.count, 0)
      if (open >= mostTaps) throw new MillraceError('MR471', `${mostTaps} taps are open already`)
      return runner.insight.taps.open(runner.graph, from, to, reader)
    },
    kept(job, name) {
      const runner = byId.get(job)?.runner
      const folder = runner?.options.dataDir
      if (!runner || folder === undefined) return undefined
      const fence = () => {
        if (runner.store) return runner.store.durability.fence
        throw new MillraceError('MR426', `the data folder of '${job}' is not open, so nothing can be kept in it yet`, {
          cause: runner.error,
        })
      }
      return new KeptFile({ disk: runner.options.disk, folder, name, job, fence })
    },
    readiness() {
      const reasons = runners.flatMap(({ id, phase, feeds, deadLetters, error, store }) => {
        if (phase !== 'running') return [`${id} is ${phase}${error ? `: ${error.message}` : ''}`]
        const away = feeds.filter(feed => feed.state !== 'ended' && !feed.status().connected)
        const full = deadLetters.failing === undefined ? [] : [`${id} cannot store dead letters: ${deadLetters.failing}`]
        const failing = store?.durability.journal.failing
        const stuck = failing === undefined ? [] : [`${id} cannot write its journal: ${failing}`]
        return [...stuck, ...full, ...away.map(feed => `${id}: source ${feed.source.id} is not connected: ${feed.status().detail}`)]
      })
      const node = nodeFailing()
      if (node !== undefined) reasons.unshift(`the AMQP node cannot store messages: ${node}`)
      return { ready: reasons.length === 0, reasons }
    },
    metrics: () => registry.metrics(),
  }
}
