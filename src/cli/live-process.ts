import { join } from 'node:path'
import type { OutputBatch } from '../connector/sink.js'
import { checkBind, createServer, type Server } from '../http/create-server.js'
import type { DemoControl } from '../http/demo-control.js'
import type { Share } from '../http/share-guard.js'
import type { Job } from '../job/graph.js'
import type { Log, TimeSource } from '../model/seams.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { type RunningJobs, type StartOptions, startJobs } from '../runtime/start-jobs.js'
import { amqpPort, type EmbeddedNode, needsNode, startEmbeddedNode } from './embedded-node.js'
import { type ListenAddress, listenAddress } from './listen-address.js'
import { pageDir, version } from './package-root.js'

export interface LiveOptions {
  readonly jobs: readonly Job[]
  readonly log: Log
  /** Undefined: no HTTP server. */
  readonly http: ListenAddress | undefined
  readonly amqp?: ListenAddress
  /** An AMQP node that runs already and outlives this: none is started, and it stays open. */
  readonly node?: EmbeddedNode
  /** Address of an AMQP node that another process runs: none is started. */
  readonly nodeUrl?: string
  /** Let guests of other machines look at the page. */
  readonly share?: Share
  /** Live readers at a time, at most. */
  readonly mostReaders?: number
  /** Where the process is a demo: what can be done to it. */
  readonly demo?: DemoControl
  /** The folder of dashboard definitions. */
  readonly dashboards?: string
  /** Null: nothing is kept. */
  readonly dataDir?: string | null
  /** Where the node keeps its messages; `_node` in `dataDir` by default. */
  readonly nodeDir?: string
  /** What else `startJobs` is told of the state: bundles, reset, drop, takeOver, drainOnly, crash points. */
  readonly state?: Pick<StartOptions, 'bundles' | 'reset' | 'drop' | 'takeOver' | 'drainOnly' | 'reached' | 'tuning'>
  /** The jobs' clock. */
  readonly time?: TimeSource
  readonly clockLabel?: string
  readonly derived?: boolean
  readonly onOutput?: (output: OutputBatch) => void
  /** Aborted, what takes long in a start is left (MR416); what has started by then is stopped by `jobs.stop`. */
  readonly signal?: AbortSignal
}

/** Jobs, the AMQP node that they need, and the HTTP server, in one process. */
export interface LiveProcess {
  readonly jobs: RunningJobs
  readonly node: EmbeddedNode | undefined
  readonly server: Server | undefined
  close(): Promise<void>
}

/** Opens what the jobs need, in order; what was opened is closed again when a later step fails. */
export async function startLive(options: LiveOptions): Promise<LiveProcess> {
  const { jobs, log, http } = options
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const graphs = jobs.map(job => job.start({ bounded: false }))
    const bind = http && { host: http.host, port: http.port, portNamed: http.named }
    if (bind) await checkBind(bind)
    const needed = !options.node && options.nodeUrl === undefined && needsNode(graphs, process.env)
    // Beside the jobs' folders, or in the one of a single job; no job's id begins so. Where nothing is kept, nor are the node's messages.
    const folder = options.dataDir === null ? undefined : (options.nodeDir ?? join(options.dataDir ?? '.millrace', '_node'))
    const listen = options.amqp ?? listenAddress(undefined, amqpPort)
    const kept = folder === undefined ? undefined : { folder, takeOver: options.state?.takeOver === true }
    const own = needed ? await startEmbeddedNode(listen, systemTime, log, kept) : undefined
    if (own) closers.push(() => own.close())
    const node = options.node ?? own
    const running = await startJobs({
      jobs,
      log,
      env: process.env,
      release: version,
      realTime: systemTime,
      debug: line => process.stderr.write(`${line}\n`),
      ...(options.time && { time: options.time }),
      ...(options.nodeUrl !== undefined && { embeddedNode: options.nodeUrl }),
      ...(node && { embeddedNode: node.node.url, nodeFailing: () => node.node.failing }),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      ...options.state,
      ...(options.clockLabel !== undefined && { clockLabel: options.clockLabel }),
      ...(options.derived && { derived: true }),
      ...(options.onOutput && { onOutput: options.onOutput }),
      ...(options.signal && { signal: options.signal }),
    })
    closers.push(() => running.stop())
    const server =
      bind &&
      (await createServer({
        host: running.host,
        pageDir,
        ...(options.dashboards !== undefined && { dashboards: options.dashboards }),
        ...(options.share && { share: options.share }),
        ...(options.mostReaders !== undefined && { mostReaders: options.mostReaders }),
        ...(options.demo && { demo: options.demo }),
        bind,
        version,
        time: systemTime,
        log,
      }))
    if (server) closers.push(() => server.close())
    return { jobs: running, node, server, close }
  } catch (error) {
    await close()
    throw error
  }
}
