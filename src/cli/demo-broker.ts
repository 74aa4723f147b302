import { join } from 'node:path'
import type { Log } from '../model/seams.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { type EmbeddedNode, startEmbeddedNode } from './embedded-node.js'
import type { ListenAddress } from './listen-address.js'

/** The AMQP node of a demo, which can be taken away and brought back at its old place, with all it held. */
export class DemoBroker {
  readonly #log: Log
  readonly #folder: string
  readonly url: string
  /** The default port was taken: how to join whoever has it. */
  readonly hint: string | undefined
  #node: EmbeddedNode | undefined
  #away = false

  private constructor(node: EmbeddedNode, folder: string, log: Log) {
    this.#node = node
    this.#folder = folder
    this.#log = log
    this.url = node.node.url
    this.hint = node.hint
  }

  /** @throws as `startEmbeddedNode`. */
  static async start(listen: ListenAddress, data: string, log: Log): Promise<DemoBroker> {
    const folder = join(data, '_node')
    return new DemoBroker(await startEmbeddedNode(listen, systemTime, log, { folder, takeOver: false }), folder, log)
  }

  get plugged(): boolean {
    return this.#node !== undefined
  }

  /** From the moment it goes until it is about to be there again. */
  get away(): boolean {
    return this.#away
  }

  async unplug(): Promise<void> {
    this.#away = true
    const node = this.#node
    this.#node = undefined
    await node?.close()
  }

  /** @throws MR701 where somebody has taken the port meanwhile. */
  async plug(): Promise<void> {
    this.#away = false
    if (this.#node) return
    const { hostname, port } = new URL(this.url)
    const listen = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), named: true }
    this.#node = await startEmbeddedNode(listen, systemTime, this.#log, { folder: this.#folder, takeOver: false })
  }
}
