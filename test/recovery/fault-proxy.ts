import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { FrameCodes } from './frame-codes.js'
import { FrameHeaders } from './frame-headers.js'

/** What is done to bytes on their way, in both directions unless said otherwise. */
export interface Fault {
  /** Each piece comes so much later. */
  readonly latencyMs?: number
  /** Each byte is a write, and mostly a packet, of its own. */
  readonly singleBytes?: boolean
  /** Towards the client, no more than this comes. */
  readonly bytesPerSecond?: number
  /** Nothing comes through, and nobody is told; new connections are taken and get no answer. */
  readonly halfOpen?: boolean
}

const sliceMs = 20

/** Stands between a client and a peer on loopback, and does to their connections what networks do. */
export class FaultProxy {
  readonly port: number
  fault: Fault = {}
  /** Connections that were made so far. */
  connections = 0
  /** Bytes carried so far, in both directions. */
  bytes = 0
  readonly #sent = new Set<FrameCodes>()
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #headers = new Set<FrameHeaders>()

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: number): Promise<FaultProxy> {
    const server = createServer({ pauseOnConnect: true })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const proxy = new FaultProxy(server)
    server.on('connection', client => proxy.#join(client, target))
    return proxy
  }

  #join(client: Socket, target: number): void {
    this.connections++
    const peer = connect(target, '127.0.0.1')
    const pair = [client, peer] as const
    const headers = new FrameHeaders()
    const sent = new FrameCodes()
    this.#sent.add(sent)
    this.#pairs.add(pair)
    this.#headers.add(headers)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#pairs.delete(pair)
        this.#headers.delete(headers)
        client.destroy()
        peer.destroy()
      })
    }
    void this.#carry(client, peer, read => {
      sent.take(read)
      return read
    })
    void this.#carry(peer, client, read => headers.pass(read), true)
  }

  /** Carries one direction, in order; reads no further while bytes are on their way, as a slow network would. */
  async #carry(from: Socket, to: Socket, look: (read: Buffer) => Buffer, towardsClient = false): Promise<void> {
    try {
      for await (const read of from as AsyncIterable<Buffer>) {
        this.bytes += read.length
        const bytes = look(read)
        if (this.fault.halfOpen) continue
        if (this.fault.latencyMs) await pause(this.fault.latencyMs)
        await this.#write(to, bytes, towardsClient)
      }
    } catch {
      // Cut, by us or by one of the two.
    }
    to.end()
  }

  async #write(to: Socket, bytes: Buffer, towardsClient: boolean): Promise<void> {
    for (let at = 0; at < bytes.length && !to.destroyed; ) {
      const { singleBytes, bytesPerSecond } = this.fault
      const slow = towardsClient && bytesPerSecond !== undefined
      const most = singleBytes ? 1 : slow ? Math.max(1, Math.floor((bytesPerSecond * sliceMs) / 1000)) : bytes.length
      const piece = bytes.subarray(at, at + most)
      at += piece.length
      await new Promise<void>((resolve, reject) => to.write(piece, error => (error ? reject(error) : resolve())))
      if (slow) await pause(sliceMs)
    }
  }

  /** Connections that are open at this moment. */
  get open(): number {
    return this.#pairs.size
  }

  /** How often clients have sent a performative or an outcome, over all connections. */
  performatives(code: number): number {
    let count = 0
    for (const codes of this.#sent) count += codes.count(code)
    return count
  }

  /** Ends every connection in good order of TCP, amid whatever it carries. */
  cut(): void {
    for (const [client, peer] of [...this.#pairs]) {
      client.destroy()
      peer.destroy()
    }
  }

  /** Ends every connection with RST. */
  reset(): void {
    for (const [client, peer] of [...this.#pairs]) {
      client.resetAndDestroy()
      peer.resetAndDestroy()
    }
  }

  /** Flips one bit of the header of the next frame towards each client: `bit` of its size, offset and type (48 bits). */
  flip(bit: number): void {
    for (const headers of this.#headers) headers.flip(bit)
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.cut()
    await closed
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
