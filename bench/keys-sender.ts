import { encodeMessage } from '../src/amqp/encode-message.js'
import { createContainer } from '../src/amqp/rhea.js'

const at = 1_700_000_000_000

/** Sends one reading of each of so many devices to the queue `readings`, until all are accepted. */
export function sendKeys(url: string, keys: number): Promise<void> {
  const container = createContainer({ onError: () => {} })
  const connection = container.connect({ host: '127.0.0.1', port: Number(new URL(url).port), username: 'anonymous', reconnect: false })
  connection.on('disconnected', () => {})
  let sent = 0
  let accepted = 0
  return new Promise(resolve => {
    const sender = connection.open_sender({ target: { address: 'readings', capabilities: ['queue'] } })
    const send = (): void => {
      for (; sent < keys && sender.sendable(); sent++) {
        const data = `{"device":${sent},"celsius":${(20 + (sent % 100) / 7).toFixed(2)},"at":${at}}`
        sender.send(encodeMessage({ contentType: 'application/json', body: { data } }), undefined, 0)
      }
    }
    sender.on('sendable', send)
    sender.on('accepted', () => {
      if (++accepted === keys) connection.close()
      // rhea's own buffer was full: no flow announces that it has room again.
      else if (accepted % 256 === 0) send()
    })
    connection.on('connection_close', () => resolve())
  })
}
