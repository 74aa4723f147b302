import { type AddressInfo, createServer, type Socket } from 'node:net'
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet'

/** What a scripted broker answers to a packet; nothing said: what a friendly broker would, which closes the connection after a goodbye. */
export type Script = (packet: Packet, connection: number) => readonly Packet[] | 'silence' | 'close' | Uint8Array | undefined

/** A broker that answers as a test says, for what real ones do seldom; packets by mqtt-packet. */
export class ScriptedBroker {
  /** Packets that came, in order. */
  readonly heard: Packet[] = []
  readonly url: string
  connections = 0
  readonly #script: Script
  readonly #version: 4 | 5
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()

  private constructor(server: ReturnType<typeof createServer>, version: 4 | 5, script: Script) {
    this.#server = server
    this.#version = version
    this.#script = script
    this.url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(version: 4 | 5, script: Script = () => undefined): Promise<ScriptedBroker> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const broker = new ScriptedBroker(server, version, script)
    server.on('connection', socket => broker.#join(socket))
    return broker
  }

  /** Sends to every client that is connected. */
  send(...packets: readonly Packet[]): void {
    for (const packet of packets) for (const socket of this.#sockets) socket.write(this.#written(packet))
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #written(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.#version })
  }

  #join(socket: Socket): void {
    const connection = ++this.connections
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    const reader = parser({ protocolVersion: this.#version })
    reader.on('packet', packet => {
      this.heard.push(packet)
      const said = this.#script(packet, connection) ?? (packet.cmd === 'disconnect' ? 'close' : friendly(packet))
      if (said === 'close') socket.destroy()
      else if (said instanceof Uint8Array) socket.write(said)
      else if (said !== 'silence') for (const one of said) socket.write(this.#written(one))
    })
    socket.on('data', data => reader.parse(data))
  }
}

/** CONNACK that admits the client; `more` changes it. */
export const admits = (more: Partial<IConnackPacket> = {}): readonly Packet[] => [
  { cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false, ...more },
]

function friendly(packet: Packet): readonly Packet[] {
  switch (packet.cmd) {
    case 'connect':
      return admits()
    case 'subscribe':
      return [{ cmd: 'suback', messageId: packet.messageId!, granted: packet.subscriptions.map(({ qos }) => qos) }]
    case 'pingreq':
      return [{ cmd: 'pingresp' }]
    case 'publish':
      return packet.qos === 0 ? [] : [{ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId: packet.messageId!, reasonCode: 0 }]
    case 'pubrel':
      return [{ cmd: 'pubcomp', messageId: packet.messageId!, reasonCode: 0 }]
    default:
      return []
  }
}
