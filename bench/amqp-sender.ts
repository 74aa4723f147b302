import { type AddressInfo, createServer } from 'node:net'
import { encodeMessage } from '../src/amqp/encode-message.js'
import { createContainer } from '../src/amqp/rhea.js'

const perWrite = 512

/** Transfer frames (part 2 §2.7.5) of one message each, unsettled; delivery ids are filled in before each write. */
function transferFrames(
  messages: readonly Uint8Array[],
  channel: number,
  handle: number,
): { readonly bytes: Buffer; readonly ids: readonly number[] } {
  const ids: number[] = []
  const frames: Buffer[] = []
  let at = 0
  for (const message of messages) {
    // handle, delivery-id, delivery-tag (its id), message-format 0, settled false
    const performative = [0x00, 0x53, 0x14, 0xc0, 17, 5, 0x52, handle, 0x70, 0, 0, 0, 0, 0xa0, 4, 0, 0, 0, 0, 0x43, 0x42]
    performative[4] = performative.length - 5
    const head = Buffer.from([0, 0, 0, 0, 2, 0, channel >>> 8, channel & 255, ...performative])
    head.writeUInt32BE(head.length + message.length, 0)
    ids.push(at + 8 + 9)
    frames.push(head, Buffer.from(message))
    at += head.length + message.length
  }
  return { bytes: Buffer.concat(frames), ids }
}

/**
 * An AMQP server for benchmarks that sends JSON of 114 bytes as fast as credit allows. rhea does the handshake; the
 * transfers are written as ready frames, so that the sender never is the slower side. Prints its URL.
 */
export function serveReadings(): void {
  const bodies = Array.from({ length: perWrite }, (_, i) => {
    const device = `device-${String(i % 1_000).padStart(4, '0')}`
    const data = `{"device":"${device}","celsius":${(20 + (i % 100) / 7).toFixed(2)},"humidity":41.5,"at":1700000000000,"state":"run","battery":55,"fw":"1.23"}`
    return encodeMessage({ messageId: `m${i}`, contentType: 'application/json', body: { data } })
  })
  const container = createContainer({ onError: () => {} })
  for (const event of ['connection_close', 'disconnected', 'sender_close', 'session_close']) container.on(event, () => {})
  container.on('sender_open', ({ sender }) => sender.source && sender.set_source(sender.source))
  container.on('sender_flow', ({ sender, connection }) => {
    // rhea counts none of these deliveries, so its credit is the highest delivery-count that the receiver allows.
    const limit = sender.credit
    const session = sender.session as unknown as { readonly local: { readonly channel: number } }
    const state = sent.get(sender) ?? { count: 0, ...transferFrames(bodies, session.local.channel, sender.local.handle) }
    sent.set(sender, state)
    while (state.count + perWrite <= limit) {
      for (const offset of state.ids) {
        state.bytes.writeUInt32BE(state.count, offset)
        state.bytes.writeUInt32BE(state.count++, offset + 6)
      }
      connection.socket!.write(Buffer.from(state.bytes))
    }
  })
  const sent = new Map<unknown, { count: number; readonly bytes: Buffer; readonly ids: readonly number[] }>()
  const server = createServer(socket => {
    socket.on('error', () => {})
    container.create_connection({}).accept(socket)
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(`amqp://127.0.0.1:${(server.address() as AddressInfo).port}\n`))
}
