import type { SinkWriter } from '../connector/sink.js'
import type { Graph } from '../job/graph.js'
import type { View } from '../views/view.js'
import type { ViewRegistry } from '../views/view-registry.js'

/** A job's views, and the views of what its other sinks were sent, as long as the process lives. */
export interface JobViews {
  readonly all: ReadonlyMap<string, View>
  /** How the outbox writes to the job's own views. */
  readonly writers: ReadonlyMap<string, SinkWriter>
}

export function openViews(registry: ViewRegistry, job: string, graph: Graph): JobViews {
  const all = new Map<string, View>()
  const writers = new Map<string, SinkWriter>()
  for (const sink of graph.sinks.filter(({ spec }) => spec.kind === 'view')) {
    const { view, writer } = registry.open(job, sink)
    all.set(sink.id, view)
    writers.set(sink.id, writer)
  }
  for (const sink of graph.sinks.filter(({ spec }) => spec.kind === 'sink')) all.set(sink.id, registry.openSent(job, sink))
  return { all, writers }
}
