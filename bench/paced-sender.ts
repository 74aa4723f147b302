import { connect } from 'node:net'
import { encodeMessage } from '../src/amqp/encode-message.js'
import { FrameWriter } from '../src/amqp/frame-writer.js'
import { FRAME_AMQP, Performative } from '../src/amqp/frames.js'
import { guardLimits, guardSocket } from '../src/amqp/guard.js'
import { createContainer } from '../src/amqp/rhea.js'
import { systemTime } from '../src/runtime/seams/system-time.js'

export const firstAt = 1_700_000_000_000
export const windowMs = 5
/** A message that closes a window says which: its end, ms since the epoch. */
export const closes = 'closes-'

/**
 * Sends readings to the queue `readings` at a pace, with real time as their time, for some seconds. rhea does the handshake;
 * the transfers are written as frames, so that the sender leaves the cores to those that are measured.
 */
export function sendAtPace(url: string, perSecond: number, seconds: number): Promise<void> {
  const { hostname, port, username, password } = new URL(url)
  const container = createContainer({ onError: () => {} })
  const connection = container.connect({
    host: hostname,
    port: Number(port),
    username: username || 'anonymous',
    ...(password && { password }),
    reconnect: false,
    connect: (to, at, _options, connected) => guardSocket(connect(to, at, connected).setNoDelay(true), guardLimits, systemTime, () => {}),
  })
  connection.on('disconnected', () => {})
  const count = perSecond * seconds
  const frames = new FrameWriter()
  return new Promise(resolve => {
    const sender = connection.open_sender({ target: { address: 'readings', capabilities: ['queue'] } })
    const session = sender.session as unknown as { readonly local: { readonly channel: number } }
    let sent = 0
    let began = 0
    const send = (): void => {
      const due = Math.min(count, Math.floor(((performance.now() - began) * perSecond) / 1000))
      // rhea counts none of these deliveries, so its credit is the highest delivery-count that the peer allows.
      for (; sent < due && sent < sender.credit; sent++)
        transfer(frames, session.local.channel, sender.local.handle, sent, reading(sent, perSecond))
      if (frames.length > 0) connection.socket!.write(frames.copy())
      frames.reset()
      if (sent < count) return
      clearInterval(timer)
      connection.close()
    }
    let timer: NodeJS.Timeout
    sender.once('sendable', () => {
      began = performance.now()
      timer = setInterval(send, 1)
    })
    connection.on('connection_close', () => resolve())
  })
}

function reading(index: number, perSecond: number): Uint8Array {
  const at = firstAt + Math.floor((index * 1000) / perSecond)
  const closing = index > 0 && Math.floor(((index - 1) * 1000) / perSecond / windowMs) < Math.floor((at - firstAt) / windowMs)
  const messageId = closing ? `${closes}${Math.floor(at / windowMs) * windowMs}` : `m${index}`
  const data = `{"site":"north","celsius":${(20 + (index % 100) / 7).toFixed(2)},"at":${at}}`
  return encodeMessage({ messageId, contentType: 'application/json', body: { data } })
}

/** One message, unsettled (part 2 §2.7.5). */
function transfer(out: FrameWriter, channel: number, handle: number, id: number, message: Uint8Array): void {
  out.begin(FRAME_AMQP, channel)
  out.openList(Performative.transfer)
  out.uint(handle)
  out.uint(id)
  out.tag(id)
  out.uint(0)
  out.flag(false)
  out.closeList()
  out.payload(message)
  out.end()
}
