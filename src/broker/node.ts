import { createServer, type Server, type Socket } from 'node:net'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { AddressStats, AddressType } from './address.js'
import { Addresses } from './addresses.js'
import { Authenticator, isLoopback } from './authenticator.js'
import { Connection } from './connection.js'
import { openProperties } from './connection-frames.js'
import { Directory } from './directory.js'
import type { NodeData } from './node-data.js'
import { type OpenStore, openStore } from './open-store.js'
import { Refusal } from './refusal.js'

export interface NodeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** Addresses made at start; others are made on demand by the attach's capability (`queue`, `topic`, `anycast`, `multicast`), else as queues. */
  readonly addresses?: Readonly<Record<string, { readonly type: AddressType }>>
  /** Passwords by name, for SASL PLAIN. */
  readonly users?: Readonly<Record<string, string>>
  /** Default: peers on loopback, as long as no users are configured. */
  readonly allowAnonymous?: boolean
  /** Bytes that each queue and subscription stores at most; default 64 MiB. */
  readonly queueBytes?: number
  /** Bytes that all queues hold in memory together at most, the bodies of durable messages among them; default 512 MiB. */
  readonly memoryBytes?: number
  /** Default 64 KiB; at least 512. */
  readonly maxFrameSize?: number
  /** Default 16 MiB. */
  readonly maxMessageSize?: number
  /** Default 1,000. */
  readonly maxConnections?: number
  /** Addresses at most; default 10,000. */
  readonly maxAddresses?: number
  /** Deliveries that a receiver called failed before a message becomes a dead letter; -1 for ever. Default 10. */
  readonly maxDeliveries?: number
  /** Default `DLQ`. */
  readonly deadLetterAddress?: string
  /** Keeps durable messages, durable subscriptions and duplicate ids across restarts. Undefined: all is in memory. */
  readonly data?: NodeData
  /** Told to peers in the properties of our `open`. */
  readonly version?: string
  /** The node has stopped by itself: another process has taken its folder over, or the disk failed. */
  readonly onFailure?: (error: MillraceError) => void
  readonly time: TimeSource
  /** Makes the names of dynamic addresses, which nobody may guess. */
  readonly random: RandomSource
  readonly log: Log
}

/** A running node. */
export interface Node {
  /** `amqp://127.0.0.1:5672`. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Why durable messages cannot be stored at present: the disk is full or cannot be written, or the node has given it up. */
  readonly failing: string | undefined
  /** All addresses and subscriptions, by name. */
  addresses(): readonly AddressStats[]
  /** Calls back when an address appears, fills up or has room again; the result ends it. */
  onChange(listener: () => void): () => void
  /** Closes every connection with `amqp:connection:forced`, so that clients reconnect, and frees the port. */
  close(): Promise<void>
}

/** How long senders may wait for their outcomes when the node is closed, ms. */
const CLOSE_MS = 1000
const TYPES: ReadonlySet<string> = new Set(['queue', 'topic', 'anycast', 'multicast', 'subscription'])

const atLeast = (name: string, value: number, least: number): number => {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new MillraceError('MR702', `${name} is ${value}; it is a whole number of at least ${least}`)
}

const makeAddresses = (options: NodeOptions, opened: OpenStore | undefined, onChange: () => void): Addresses => {
  const addresses = new Addresses({
    queueBytes: atLeast('queueBytes', options.queueBytes ?? 64 * 1024 * 1024, 1024),
    memoryBytes: atLeast('memoryBytes', options.memoryBytes ?? 512 * 1024 * 1024, 1024),
    maxAddresses: atLeast('maxAddresses', options.maxAddresses ?? 10_000, 1),
    maxDeliveries: atLeast('maxDeliveries', options.maxDeliveries ?? 10, -1),
    deadLetterAddress: options.deadLetterAddress ?? 'DLQ',
    time: options.time,
    random: options.random,
    log: options.log,
    onChange,
    store: opened?.store,
  })
  if (opened) addresses.restore(opened.contents)
  for (const [name, address] of Object.entries(options.addresses ?? {})) {
    if (!TYPES.has(address.type))
      throw new MillraceError('MR702', `address ${JSON.stringify(name)} has the type ${JSON.stringify(address.type)}`)
    try {
      addresses.configure(name, address.type)
    } catch (error) {
      if (error instanceof Refusal) throw new MillraceError('MR702', `address ${JSON.stringify(name)}: ${error.message}`)
      throw error
    }
  }
  return addresses
}

/** The node has no TLS of its own: beyond this machine, whoever listens in reads everything. */
const warnOfOpenListener = (options: NodeOptions, host: string, noUsers: boolean): void => {
  if (host === 'localhost' || isLoopback(host)) return
  const where = `the node listens on ${host} without TLS`
  if (options.allowAnonymous) options.log.warn(`${where} and takes anonymous peers: anyone who reaches it can read and write`)
  else if (noUsers) options.log.warn(`${where} and has no users: only peers of this machine are let in`, { code: 'MR705' })
  else options.log.warn(`${where}: names, passwords and messages cross the network in the clear; put a TLS proxy or tunnel before it`)
}

const listen = (server: Server, host: string, asked: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be opened: ${cause.message}`
      reject(new MillraceError('MR701', `${host}:${asked} ${reason}`, { cause }))
    })
    server.listen(asked, host, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound ? bound.port : 0)
    })
  })

/**
 * Starts an AMQP 1.0 node in this process. With `data`, a durable message is accepted, and delivered, once it is on the disk,
 * and is there again after a restart; without it, all is in memory.
 *
 * @throws MillraceError MR701 when the port is taken, MR702 for options that make no sense, MR440–MR445 for a folder that
 * cannot be used.
 * @example
 * const node = await startNode({ time, random, log, data: { disk: systemDisk, folder: '.millrace/_node' } })
 * node.url // 'amqp://127.0.0.1:41233'
 */
export const startNode = async (options: NodeOptions): Promise<Node> => {
  const host = options.host ?? '127.0.0.1'
  const users = options.users ?? {}
  const noUsers = Object.keys(users).length === 0
  const authenticator = new Authenticator(users, remote => options.allowAnonymous ?? (noUsers && isLoopback(remote)))
  const listeners = new Set<() => void>()
  const connections = new Set<Connection>()
  const maxConnections = atLeast('maxConnections', options.maxConnections ?? 1000, 1)
  const maxFrameSize = atLeast('maxFrameSize', options.maxFrameSize ?? 64 * 1024, 512)
  const maxMessageSize = atLeast('maxMessageSize', options.maxMessageSize ?? 16 * 1024 * 1024, 1)
  const server = createServer()
  /** No connection is left afterwards. */
  const end = (condition: string, description: string): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      for (const connection of [...connections]) connection.close(condition, description)
    })
  const opened =
    options.data &&
    (await openStore(options.data, options, error => {
      options.log.error('the AMQP node stops: its messages can no longer be stored', { code: error.code, reason: error.message })
      void end('amqp:internal-error', `${error.code}: the node can no longer store messages`)
      options.onFailure?.(error)
    }))
  // What follows may hold on to the store, but not to what was read: messages are to go when their receivers have them.
  const store = opened?.store
  const closeStore = async (): Promise<void> => store?.close()
  try {
    const addresses = makeAddresses(options, opened, () => {
      for (const listener of listeners) listener()
    })
    const shared = {
      containerId: 'millrace',
      properties: openProperties(options.version, store !== undefined),
      maxFrameSize,
      maxMessageSize,
      authenticator,
      directory: new Directory(addresses),
      time: options.time,
      log: options.log,
      onClosed: (connection: Connection) => connections.delete(connection),
    }
    server.on('connection', (socket: Socket) => {
      if (connections.size < maxConnections) {
        connections.add(new Connection(socket, shared))
        return
      }
      const reason = `${maxConnections} connections are open`
      options.log.warn('a peer was refused', { code: 'MR709', reason, peer: socket.remoteAddress })
      socket.on('error', () => {})
      socket.destroy()
    })
    warnOfOpenListener(options, host, noUsers)
    const port = await listen(server, host, options.port ?? 0)
    server.on('error', error => options.log.error('the node could not take a connection', { reason: error.message }))
    return {
      url: `amqp://${host.includes(':') ? `[${host}]` : host}:${port}`,
      host,
      port,
      get failing() {
        return store?.failing
      },
      addresses: () => addresses.stats(),
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      async close() {
        await store?.settled(CLOSE_MS)
        await end('amqp:connection:forced', 'the node is stopping')
        await closeStore()
      },
    }
  } catch (error) {
    await closeStore()
    throw error
  }
}
