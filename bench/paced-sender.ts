import { connect } from 'node:net'
import { encodeMessage } from '../src/amqp/encode-message.js'
import { guardLimits, guardSocket } from '../src/amqp/guard.js'
import { createContainer } from '../src/amqp/rhea.js'
import { systemTime } from '../src/runtime/seams/system-time.js'

export const firstAt = 1_700_000_000_000
export const windowMs = 5
/** A message that closes a window says which: its end, ms since the epoch. */
export const closes = 'closes-'

/** Sends readings to the queue `readings` at a pace, with real time as their time, for some seconds. */
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
  return new Promise(resolve => {
    const sender = connection.open_sender({ target: { address: 'readings', capabilities: ['queue'] } })
    let sent = 0
    let accepted = 0
    let began = 0
    const send = (): void => {
      const due = Math.min(count, Math.floor(((performance.now() - began) * perSecond) / 1000))
      for (; sent < due && sender.sendable(); sent++) {
        const at = firstAt + Math.floor((sent * 1000) / perSecond)
        const closing = sent > 0 && Math.floor(((sent - 1) * 1000) / perSecond / windowMs) < Math.floor((at - firstAt) / windowMs)
        const id = closing ? `${closes}${Math.floor(at / windowMs) * windowMs}` : `m${sent}`
        const data = `{"site":"north","celsius":${(20 + (sent % 100) / 7).toFixed(2)},"at":${at}}`
        sender.send(encodeMessage({ messageId: id, contentType: 'application/json', body: { data } }), undefined, 0)
      }
    }
    sender.once('sendable', () => {
      began = performance.now()
      const timer = setInterval(send, 1)
      sender.on('accepted', () => {
        if (++accepted < count) return
        clearInterval(timer)
        connection.close()
      })
    })
    connection.on('connection_close', () => resolve())
  })
}
