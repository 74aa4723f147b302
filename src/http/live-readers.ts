import type { ServerResponse } from 'node:http'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { LiveClient } from './live-client.js'

/** Live readers at a time, unless the server was told another number. */
export const mostReaders = 1_000
/** Bytes of snapshots, each counted once, that may wait for readers who are slow to take them. */
const mostGreetingBytes = 128 * 1024 * 1024

/** All live readers of a server; those that do not read are dropped, so that they cost the others nothing. */
export class LiveReaders implements Iterable<LiveClient> {
  #clients = new Set<LiveClient>()
  #time: TimeSource
  #log: Log
  #most: number
  /** When the last one left, on the monotonic clock. */
  lastLeft = Number.NEGATIVE_INFINITY
  /** Readers dropped because they read too slowly. */
  dropped = 0

  constructor(time: TimeSource, log: Log, most: number) {
    this.#time = time
    this.#log = log
    this.#most = most
  }

  get size(): number {
    return this.#clients.size
  }

  /** Bytes that readers have not taken yet; what is shared counts for each. */
  get waiting(): number {
    let bytes = 0
    for (const client of this.#clients) bytes += client.waiting
    return bytes
  }

  [Symbol.iterator](): Iterator<LiveClient> {
    return this.#clients.values()
  }

  /** Makes room for another. @throws MR513 when there are as many readers as the server takes. */
  admit(): void {
    if (this.#clients.size >= this.#most) throw new MillraceError('MR513', `${this.#clients.size} live readers are connected`)
    for (const client of this.#clients) {
      const bytes = this.#greetingBytes()
      if (bytes <= mostGreetingBytes) return
      // Those who came first have had the longest time to read; who comes now is not to pay for them.
      if (client.greeting) this.#part(client, `${bytes.toLocaleString('en')} bytes of snapshots wait for slow readers`)
    }
  }

  add(client: LiveClient, response: ServerResponse): void {
    this.#clients.add(client)
    response.on('close', () => this.#remove(client))
  }

  /** A frame for those whom it concerns. */
  send(frame: Buffer, concerns: (client: LiveClient) => boolean, offset?: number): void {
    for (const client of this.#clients) if (concerns(client)) client.send(frame, offset)
    this.dropFaulty()
  }

  /** Parts with those who do not keep up. */
  dropFaulty(): void {
    for (const client of this.#clients) {
      const fault = client.fault
      if (fault !== undefined) this.#part(client, fault)
    }
  }

  close(): void {
    for (const client of this.#clients) client.end()
    this.#clients.clear()
  }

  #greetingBytes(): number {
    let bytes = 0
    for (const greeting of new Set([...this.#clients].map(client => client.greeting))) bytes += greeting?.length ?? 0
    return bytes
  }

  #part(client: LiveClient, fault: string): void {
    this.dropped++
    client.drop()
    this.#remove(client)
    this.#log.warn('a live reader was too slow and was disconnected', { fault, views: [...client.views].join() })
  }

  #remove(client: LiveClient): void {
    if (this.#clients.delete(client)) this.lastLeft = this.#time.monotonic()
  }
}
