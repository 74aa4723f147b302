import { encodeMessage } from '../src/amqp/encode-message.js'
import { type Connection, createContainer } from '../src/amqp/rhea.js'

const credit = 5_000

const open = (url: string): Connection => {
  const { hostname, port, username, password } = new URL(url)
  return createContainer({ onError: error => process.stderr.write(`${error.message}\n`) }).create_connection({
    host: hostname,
    port: Number(port),
    username: username || 'anonymous',
    ...(password ? { password } : {}),
    reconnect: false,
    session_buffer_size: 16_384,
  })
}

/** Sends messages of 114 bytes of JSON as fast as credit comes, until it is killed. */
export function send(url: string, address: string, durable: boolean): void {
  const data = `{"device":"device-0001","celsius":21.57,"humidity":41.5,"at":1700000000000,"state":"run","battery":55,"fw":"1.23"}`
  const bytes = encodeMessage({ durable, messageId: 'm', contentType: 'application/json', body: { data } })
  const connection = open(url)
  connection.connect()
  const sender = connection.open_sender({ target: { address, capabilities: ['queue'] }, treat_modified_as_released: false })
  let tag = 0
  sender.on('sendable', () => {
    for (let room = sender.credit; room > 0 && sender.sendable(); room--) {
      const name = Buffer.allocUnsafe(4)
      name.writeUInt32BE(tag++ >>> 0)
      sender.send(bytes, name, 0)
    }
  })
}

/** Receives and accepts; prints the seconds for `messages`, after a tenth of them as warm-up, and ends. */
export function receive(url: string, address: string, messages: number): void {
  const connection = open(url)
  connection.connect()
  let seen = -messages / 10
  let began = 0
  connection.on('message', () => {
    seen++
    if (seen === 0) {
      began = performance.now()
      process.stdout.write('begin\n')
    }
    if (seen !== messages) return
    process.stdout.write(`${(performance.now() - began) / 1000}\n`)
    process.exit(0)
  })
  connection.open_receiver({ source: { address, capabilities: ['queue'] }, credit_window: credit })
}
