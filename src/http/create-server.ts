import { randomBytes } from 'node:crypto'
import { createServer as createNetServer } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { Host } from '../runtime/host.js'
import { AlertWatch } from './alert-watch.js'
import { buildApp } from './build-app.js'
import type { DemoControl } from './demo-control.js'
import { isLoopback } from './host-guard.js'
import { type Share, ShareGuard } from './share-guard.js'
import { shareListener } from './share-listener.js'

export interface ServerOptions {
  readonly host: Host
  /** The folder of the built page; without it only the API is served. */
  readonly pageDir?: string
  /** The folder of dashboard definitions, `<job>.json`; they go before those that came with the page. */
  readonly dashboards?: string
  readonly bind: {
    /** `127.0.0.1` unless told otherwise; anything but loopback needs `allowRemote`. */
    readonly host: string
    readonly port: number
    /** Somebody asked for this very port: if it is taken, that is an error rather than a reason to take another. */
    readonly portNamed: boolean
  }
  /** Serve machines other than this one, without a log-in. */
  readonly allowRemote?: boolean
  /** Live readers at a time, at most; 1,000 unless given. */
  readonly mostReaders?: number
  /** Let guests of other machines look, who bring a token. */
  readonly share?: Share
  /** Where the process is a demo: what can be done to it. */
  readonly demo?: DemoControl
  readonly version: string
  readonly time: TimeSource
  readonly log: Log
}

export interface Server {
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Where the server is shared: `http://192.168.1.20:8080`, without the token. */
  readonly sharedAt?: { readonly url: string; readonly port: number }
  /** Present where the port asked for was taken and a free one was found. */
  readonly fallback?: { readonly taken: number }
  /** Ends live readers and streamed answers, answers what is being asked, and frees the port; a second at most. */
  close(): Promise<void>
}

const systemCode = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  await app.listen({ host, port })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

// `localhost` may stand for two addresses; one is enough, and its port is then the port.
const boundHost = ({ host }: ServerOptions['bind']): string => (host === 'localhost' ? '127.0.0.1' : host)

function refuseRemote({ host }: ServerOptions['bind'], allowRemote: boolean): void {
  if (allowRemote || isLoopback(host)) return
  throw new MillraceError('MR504', `${host} can be reached from other machines, and the API has no log-in`)
}

function bindError(bind: ServerOptions['bind'], cause: unknown): MillraceError {
  const bound = boundHost(bind)
  if (systemCode(cause) === 'EADDRINUSE') return new MillraceError('MR503', `port ${bind.port} of ${bound} is taken`, { cause })
  return new MillraceError('MR519', `${bracketed(bound)}:${bind.port} cannot be bound: ${String(systemCode(cause) ?? cause)}`, { cause })
}

/**
 * Tells before anything else is opened that a server could not listen here: the port that somebody asked for is taken.
 *
 * @throws as `createServer`.
 */
export async function checkBind(bind: ServerOptions['bind'], allowRemote = false): Promise<void> {
  refuseRemote(bind, allowRemote)
  if (!bind.portNamed) return
  const probe = createNetServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', error => reject(bindError(bind, error)))
    probe.listen(bind.port, boundHost(bind), () => probe.close(() => resolve()))
  })
}

/**
 * Starts the HTTP API, the live feed and the page.
 *
 * @throws MR503 when a port asked for by name is taken, MR504 for an address beyond loopback without `allowRemote`,
 * MR519 when an address cannot be bound for another reason.
 * @example
 * const server = await createServer({ host, bind: { host: '127.0.0.1', port: 8080, portNamed: false }, version, time, log })
 * server.url // 'http://127.0.0.1:8080'
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { host, pageDir, dashboards, bind, allowRemote = false, mostReaders, share, demo, version, time, log } = options
  refuseRemote(bind, allowRemote)
  const bound = boundHost(bind)
  // Not from the seeded source: it must differ even between two runs that are alike in everything else.
  const epoch = randomBytes(4).toString('hex')
  const folders = [dashboards ?? [], pageDir === undefined ? [] : join(pageDir, 'dashboards')].flat()
  const alerts = await AlertWatch.start({ host, time, log, folders })
  const guard = share && new ShareGuard(share, time)
  const build = (): Promise<FastifyInstance> =>
    buildApp({ context: { host, time, log, version, epoch }, pageDir, alerts, bound, allowRemote, mostReaders, share: guard, demo })
  let app = await build()
  let port: number
  let fallback: Server['fallback']
  try {
    port = await listen(app, bound, bind.port)
  } catch (error) {
    await app.close()
    if (bind.portNamed || systemCode(error) !== 'EADDRINUSE') {
      alerts.close()
      throw bindError(bind, error)
    }
    app = await build()
    port = await listen(app, bound, 0)
    fallback = { taken: bind.port }
  }
  const listening = app
  const close = async (): Promise<void> => {
    const cancel = time.after(500, () => listening.server.closeAllConnections())
    alerts.close()
    void guests?.close()
    await listening.close()
    cancel()
  }
  let guests: Awaited<ReturnType<typeof shareListener>> | undefined
  try {
    if (share && guard) guests = await shareListener(listening, guard, share, port)
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `http://${bracketed(bound)}:${port}`,
    port,
    ...(fallback && { fallback }),
    ...(share && guests && { sharedAt: { url: `http://${bracketed(share.host)}:${guests.port}`, port: guests.port } }),
    close,
  }
}
