import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Connection, createContainer, type EventContext, type Sender } from '../../src/amqp/rhea.js'

/** A bare AMQP server whose behaviour each test writes itself: rhea accepts the sockets, the test listens to its events. */
export interface Peer {
  readonly port: number
  readonly url: string
  readonly errors: readonly Error[]
  readonly connections: readonly Connection[]
  on(event: string, listener: (context: EventContext) => void): void
  users(check: (user: string, password: string) => boolean): void
  /** Cuts every connection without a word. */
  cut(): void
  close(): Promise<void>
}

/** Starts a peer on a free port of the loopback, or on `port`; `properties` are those of its open. */
export async function startPeer(port = 0, properties: Readonly<Record<string, unknown>> = {}): Promise<Peer> {
  const errors: Error[] = []
  const sockets = new Set<Socket>()
  const connections: Connection[] = []
  const container = createContainer({ id: 'peer', onError: error => errors.push(error) })
  for (const silent of ['connection_close', 'connection_error', 'session_close', 'session_error', 'disconnected', 'protocol_error'])
    container.on(silent, () => {})
  container.on('sender_open', ({ sender }) => sender.source && sender.set_source(sender.source))
  container.on('receiver_open', ({ receiver }) => receiver.target && receiver.set_target(receiver.target))
  container.on('connection_open', context => void connections.push(context.connection))
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    container
      .create_connection({
        properties,
        session_buffer_size: 16_384,
        receiver_options: { autoaccept: false, credit_window: 0 },
        sender_options: { treat_modified_as_released: false },
      })
      .accept(socket)
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const bound = (server.address() as AddressInfo).port
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: bound,
    url: `amqp://127.0.0.1:${bound}`,
    errors,
    connections,
    on: (event, listener) => void container.on(event, listener),
    users: check => container.sasl_server_mechanisms.enable_plain(check),
    cut,
    close: async () => {
      cut()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Sends `bodies` (amqp-value strings) as credit allows, and records the outcome of each by its body. */
export function feed(sender: Sender, bodies: readonly string[], outcomes: Map<string, string[]>): void {
  let next = 0
  const pump = () => {
    for (let credit = sender.credit; credit > 0 && next < bodies.length && sender.sendable(); credit--) {
      const body = bodies[next++]!
      names.set(sender.send(textMessage(body), undefined, 0).id, body)
    }
  }
  const names = new Map<number, string>()
  for (const kind of ['accepted', 'rejected', 'released', 'modified'])
    sender.on(kind, context => {
      const body = names.get(context.delivery.id)!
      outcomes.set(body, [...(outcomes.get(body) ?? []), kind])
    })
  sender.on('sendable', pump)
  pump()
}

/** An AMQP message with one amqp-value section holding a short string. */
export function textMessage(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x00, 0x53, 0x77, 0xa1, bytes.length]), bytes])
}

/** The texts of a chunk of such messages. */
export function texts(chunk: {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly length: number
}): string[] {
  return Array.from({ length: chunk.length }, (_, i) => Buffer.from(chunk.bytes.subarray(chunk.starts[i]! + 5, chunk.ends[i]!)).toString())
}
