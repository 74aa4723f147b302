import { encodeMessage } from '../src/amqp/encode-message.js'
import { createContainer } from '../src/amqp/rhea.js'

const devices = 1_000
const firstAt = 1_700_000_000_000

/** Sends `count` readings to the queue `readings` as fast as its credit allows, until all are accepted; ten a millisecond of data time. */
export function sendReadings(url: string, count: number): Promise<void> {
  const templates = Array.from({ length: devices }, (_, i) => {
    const device = `device-${String(i).padStart(4, '0')}`
    const data = `{"device":"${device}","celsius":${(20 + (i % 100) / 7).toFixed(2)},"humidity":41.5,"at":${firstAt},"state":"run","battery":55}`
    return Buffer.from(encodeMessage({ messageId: `m${i}`, contentType: 'application/json', body: { data } }))
  })
  const digits = templates.map(template => template.indexOf(String(firstAt)))
  const container = createContainer({ onError: () => {} })
  const connection = container.connect({ host: '127.0.0.1', port: Number(new URL(url).port), username: 'anonymous', reconnect: false })
  connection.on('disconnected', () => {})
  let sent = 0
  let accepted = 0
  return new Promise(resolve => {
    const sender = connection.open_sender({ target: { address: 'readings' } })
    const send = (): void => {
      while (sent < count && sender.sendable()) {
        const message = Buffer.from(templates[sent % devices]!)
        message.write(String(firstAt + Math.floor(sent / 10)), digits[sent % devices]!, 'latin1')
        sender.send(message, undefined, 0)
        sent++
      }
    }
    sender.on('sendable', send)
    sender.on('accepted', () => {
      if (++accepted === count) connection.close()
      // rhea's own buffer was full: no flow announces that it has room again.
      else if (accepted % 256 === 0) send()
    })
    connection.on('connection_close', () => resolve())
  })
}
