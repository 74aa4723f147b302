import type { OutputBatch, SinkWriter } from '../connector/sink.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import type { ColumnInfo } from '../model/value-type.js'
import { LiveView } from './live-view.js'
import type { View } from './view.js'
import { defaultMaxBytes } from './view-options.js'

/** Memory for the last rows that each sink was sent. */
export const sentBytes = 1024 * 1024

/** What the registry needs to know of a view; the graph's sinks of kind `view` fit. */
export interface ViewSink {
  readonly id: string
  readonly spec: { readonly params: { readonly [key: string]: Json } }
  readonly schema: readonly ColumnInfo[]
  readonly windowed: boolean
  readonly keyColumns: readonly string[]
  readonly window?: { readonly size: number; readonly every: number }
}

/** The live views of one process. The runtime creates one and lends it to the HTTP server through its host. */
export interface ViewRegistry {
  /**
   * A new, empty view of a job, and the writer that the outbox writes to. A view of the same job and id that is open is
   * replaced: readers of the old one get nothing more.
   */
  open(job: string, sink: ViewSink): { readonly view: View; readonly writer: SinkWriter }
  /**
   * A new, empty view of what a sink was sent, bounded at `sentBytes`, under the sink's id. Who writes to the sink applies
   * to it what the sink has acknowledged.
   */
  openSent(job: string, sink: ViewSink): View
  /** All open views, in the order in which they were opened. */
  views(): readonly View[]
  get(job: string, id: string): View | undefined
  /** Forgets the views of a job that has ended for good. */
  closeJob(job: string): void
}

/** Applies at once; a view never holds the job back and forgets everything with the process, so it reports no position. */
function writerOf(view: View): SinkWriter {
  return {
    guarantee: 'idempotent',
    open: async () => undefined,
    write: async (outputs: OutputBatch) => view.apply(outputs),
    status: () => ({ connected: true, detail: `rows in memory: ${view.info().rows.toLocaleString('en')}`, pending: 0 }),
    close: async () => {},
  }
}

/**
 * An empty registry.
 *
 * @example
 * const registry = createViewRegistry()
 * const { view, writer } = registry.open('room-climate', graphSink)
 */
export function createViewRegistry(): ViewRegistry {
  const jobs = new Map<string, Map<string, View>>()
  const add = (view: View): View => {
    const views = jobs.get(view.job) ?? new Map<string, View>()
    jobs.set(view.job, views.set(view.id, view))
    return view
  }
  return {
    open(job, sink) {
      const { keep = null, maxBytes = defaultMaxBytes } = sink.spec.params
      if ((keep !== null && typeof keep !== 'number') || typeof maxBytes !== 'number') {
        throw new MillraceError('MR501', `the parameters of view '${sink.id}' are not those of view()`)
      }
      const view = add(new LiveView({ ...sink, job, keep, maxBytes }))
      return { view, writer: writerOf(view) }
    },
    openSent: (job, sink) => add(new LiveView({ ...sink, job, keep: null, maxBytes: sentBytes, ofSink: true })),
    views: () => [...jobs.values()].flatMap(views => [...views.values()]),
    get: (job, id) => jobs.get(job)?.get(id),
    closeJob: job => void jobs.delete(job),
  }
}
