/** A server-sent event as it came over the wire. */
export interface ServerSentEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface LiveReader {
  readonly response: Response
  /** The next event, of one kind if asked, else of any but alerts; rejects at the end of the stream. */
  next(event?: string): Promise<ServerSentEvent>
  /** Everything to the end of the stream. */
  rest(): Promise<readonly ServerSentEvent[]>
  close(): Promise<void>
}

function parse(text: string): ServerSentEvent | undefined {
  const fields = new Map(text.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
  const data = fields.get('data')
  return data === undefined ? undefined : { id: fields.get('id'), event: fields.get('event') ?? 'message', data: JSON.parse(data) }
}

/** A reader of the live feed over `fetch`, for tests. */
export async function liveReader(url: string, lastEventId?: string): Promise<LiveReader> {
  const abort = new AbortController()
  const response = await fetch(url, {
    signal: abort.signal,
    ...(lastEventId !== undefined && { headers: { 'last-event-id': lastEventId } }),
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const read = async (): Promise<ServerSentEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const event = parse(text.slice(0, end))
        text = text.slice(end + 2)
        if (event) return event
        continue
      }
      const { done, value } = await reader.read()
      if (done) return undefined
      text += value
    }
  }
  return {
    response,
    async next(kind) {
      for (;;) {
        const event = await read()
        if (!event) throw new Error('the stream has ended')
        if (kind === undefined ? event.event !== 'alerts' : event.event === kind) return event
      }
    },
    async rest() {
      const events: ServerSentEvent[] = []
      for (let event = await read(); event; event = await read()) events.push(event)
      return events
    },
    close: async () => abort.abort(),
  }
}
