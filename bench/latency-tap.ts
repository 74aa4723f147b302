import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { FrameReader } from '../src/amqp/frame-reader.js'
import { FrameSplitter, Performative } from '../src/amqp/frames.js'
import { closes } from './paced-sender.js'

const limits = { maxFrameSize: 2 ** 20, channelMax: 65_535 }
const windowEnd = /"window_end":"([^"]+)"/

/**
 * Stands between a job and its broker and takes the time: when a message that closes a window comes to the job, and when
 * the broker's acknowledgement of that window's result comes to it.
 */
export class LatencyTap {
  readonly port: number
  /** When the one was, and ms from it to the other. */
  readonly results: { readonly arrived: number; readonly latency: number }[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Arrival of the closing message, by the end of the window. */
  readonly #arrived = new Map<number, number>()
  readonly #reader = new FrameReader()

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: number): Promise<LatencyTap> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const tap = new LatencyTap(server)
    server.on('connection', client => tap.#join(client, connect(target, '127.0.0.1')))
    return tap
  }

  #join(job: Socket, broker: Socket): void {
    /** Window ends of results on this connection, by delivery-id. */
    const results = new Map<number, number>()
    const fromJob = splitter(bytes => this.#result(bytes, results))
    const fromBroker = splitter(bytes => this.#delivered(bytes, results))
    for (const [from, to, frames] of [
      [job, broker, fromJob],
      [broker, job, fromBroker],
    ] as const) {
      this.#sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
      from.on('data', bytes => {
        to.write(bytes)
        frames.push(bytes)
      })
    }
  }

  /** A transfer of the job names its delivery-id (part 2 §2.7.5) and carries a window's result. */
  #result(frame: Buffer, results: Map<number, number>): void {
    if (frame[10] !== Performative.transfer) return
    const end = windowEnd.exec(frame.toString('latin1'))?.[1]
    this.#reader.reset(frame, 8, frame.length).openList()
    this.#reader.uint()
    const id = this.#reader.uint()
    if (end !== undefined && id !== undefined) results.set(id, Date.parse(end))
  }

  #delivered(frame: Buffer, results: Map<number, number>): void {
    if (frame[10] === Performative.transfer) {
      const at = frame.indexOf(closes, 0, 'latin1')
      if (at >= 0) this.#arrived.set(Number(frame.toString('latin1', at + closes.length, at + closes.length + 13)), performance.now())
    } else if (frame[10] === Performative.disposition && results.size > 0) this.#acknowledged(frame, results)
  }

  /** A disposition: role, first, last (part 2 §2.7.6). */
  #acknowledged(frame: Buffer, results: Map<number, number>): void {
    const now = performance.now()
    this.#reader.reset(frame, 8, frame.length).openList()
    this.#reader.flag()
    const first = this.#reader.uint() ?? 0
    const last = this.#reader.uint() ?? first
    for (let id = first; id <= last; id++) {
      const end = results.get(id)
      const arrived = end === undefined ? undefined : this.#arrived.get(end)
      results.delete(id)
      if (arrived !== undefined) this.results.push({ arrived, latency: now - arrived })
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

const splitter = (frame: (bytes: Buffer) => void): FrameSplitter =>
  new FrameSplitter(limits, {
    header: () => undefined,
    frame: (buffer, start, end) => frame(buffer.subarray(start, end)),
    violation: ({ message }) => void process.stderr.write(`${message}\n`),
  })
