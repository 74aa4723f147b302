import { type ClientRequest, get, type IncomingMessage } from 'node:http'

/** A live reader on a connection of its own, that can stand still; cheap enough for hundreds in one process. */
export interface EventReader {
  /** The id of the last whole event. */
  lastId(): string | undefined
  /** The connection was ended from the other side. */
  ended(): boolean
  /** Takes nothing more from the connection. */
  stall(): void
  /** Takes what there is, and hears nothing of it. */
  drain(): void
  leave(): void
}

interface Heard {
  readonly event: string
  readonly data: string
}

interface EventReaderOptions {
  readonly lastEventId?: string
  /** Called when the connection is over, from whichever side. */
  readonly ended?: () => void
}

/** Connects, and tells each event as it comes. @throws where nobody answers, or not with a stream. */
export async function eventReader(url: string, heard: (event: Heard) => void, options: EventReaderOptions = {}): Promise<EventReader> {
  const { lastEventId } = options
  let ended = false
  let lastId = lastEventId
  let text = ''
  const request: ClientRequest = get(url, { agent: false, headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } })
  const response = await new Promise<IncomingMessage>((resolve, reject) => request.on('error', reject).on('response', resolve))
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`)
  response
    .setEncoding('utf8')
    .on('error', () => {})
    .on('close', () => {
      ended = true
      options.ended?.()
    })
    .on('data', (part: string) => {
      const events = (text + part).split('\n\n')
      text = events.pop()!
      for (const lines of events) {
        const fields = new Map(lines.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
        lastId = fields.get('id') ?? lastId
        if (fields.has('data')) heard({ event: fields.get('event') ?? 'message', data: fields.get('data')! })
      }
    })
  return {
    lastId: () => lastId,
    ended: () => ended,
    stall: () => void response.pause(),
    drain: () => void response.removeAllListeners('data').resume(),
    leave: () => void request.destroy(),
  }
}
