import type { Graph } from '../job/graph.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { View } from '../views/view.js'
import type { DeadLetterStore } from './dead-letter-store.js'
import { connectorContext, type JobRunnerOptions } from './job-runner-options.js'
import { Outbox } from './outbox.js'
import type { Waiting } from './sink-lane.js'

export interface OutboxEvents {
  /** Outputs were acknowledged. */
  readonly wake: () => void
  readonly fatal: (error: MillraceError) => void
  /** The job's clock. */
  readonly wall: () => number
}

/** Indices of refused outputs among an entry's dead letters begin here, behind those of its messages. */
const firstOutputIndex = 1_000_000

/** The outbox of a job, its views, and the views of what its sinks were sent; writers are opened when it starts. */
export function openOutbox(options: JobRunnerOptions, graph: Graph, deadLetters: DeadLetterStore, events: OutboxEvents) {
  const { views: registry, job, real, random, outboxBytes } = options
  const views = new Map<string, View>()
  const sent = new Map<string, View>()
  const writers = new Map(
    graph.sinks
      .filter(({ spec }) => spec.kind === 'view')
      .map(sink => {
        const { view, writer } = registry.open(job.id, sink)
        views.set(sink.id, view)
        return [sink.id, writer] as const
      }),
  )
  for (const sink of graph.sinks) {
    if (sink.spec.kind === 'view') continue
    const view = registry.openSent(job.id, sink)
    views.set(sink.id, view)
    sent.set(sink.id, view)
  }
  const acknowledged = ({ outputs }: Waiting, refused: boolean) => {
    if (!refused) sent.get(outputs.sink)?.apply(outputs)
    events.wake()
  }
  // It resolves when the letter is kept: settlement waits for its entry until it is on the disk.
  const refused = async ({ outputs, position }: Waiting, error: MillraceError) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ sink: outputs.sink, ids: outputs.ids }))
    const letter = { source: outputs.sink, code: error.code, reason: error.message, at: events.wall(), bytes }
    deadLetters.add(position.entry, firstOutputIndex + position.ordinal, letter)
  }
  const outbox = new Outbox({
    sinks: graph.sinks,
    open: async sink => writers.get(sink.id) ?? (await sink.spec.open(connectorContext(options, sink.id))),
    real,
    random,
    maxBytes: outboxBytes,
    events: { acknowledged, refused, failed: events.fatal },
  })
  return { outbox, views }
}
