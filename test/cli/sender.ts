import { encodeMessage, type OutgoingMessage } from '../../src/amqp/encode-message.js'
import { createContainer } from '../../src/amqp/rhea.js'

/** Sends messages as a device would, one after the other, and gives the outcome of each; fails where none comes for so long. */
export async function sendAll(
  url: string,
  address: string,
  messages: readonly OutgoingMessage[],
  deadlineMs = 15_000,
): Promise<readonly string[]> {
  const { hostname, port, username, password } = new URL(url)
  const failures: unknown[] = []
  const container = createContainer({ id: `sender-${address}`, onError: error => failures.push(error) })
  const connection = container.connect({
    host: hostname,
    port: Number(port),
    ...(username ? { username, password } : { username: 'anonymous' }),
    reconnect: false,
  })
  connection.on('disconnected', ({ error }) => failures.push(error))
  connection.on('connection_error', () => failures.push(connection.error))
  const sender = connection.open_sender({ target: { address } })
  const outcomes = new Map<number, string>()
  let sent = 0
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(`${outcomes.size} of ${messages.length} messages to ${address} were settled, and no more for ${deadlineMs} ms`, {
              cause: failures[0],
            }),
          ),
        deadlineMs,
      )
      const finished = (): void => {
        clearTimeout(timer)
        resolve()
      }
      sender.on('sendable', () => {
        while (sent < messages.length && sender.sendable()) sender.send(encodeMessage(messages[sent++]!), undefined, 0)
      })
      for (const outcome of ['accepted', 'rejected', 'released', 'modified']) {
        sender.on(outcome, ({ delivery }) => {
          outcomes.set(delivery!.id, outcome)
          timer.refresh()
          if (outcomes.size === messages.length) finished()
        })
      }
    })
  } finally {
    connection.close()
  }
  return [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome)
}

/** A message whose body is JSON in a data section. */
export const jsonMessage = (body: unknown, id?: string): OutgoingMessage => ({
  messageId: id,
  contentType: 'application/json',
  body: { data: typeof body === 'string' ? body : JSON.stringify(body) },
})
