import { Agent, type IncomingMessage, type RequestOptions, request, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import type { TlsSettings } from '../../src/connector/tls-settings.js'
import type { TimeSource } from '../../src/model/seams.js'
import type { Endpoint } from './endpoint.js'

/** One request. */
export interface Asked {
  readonly method: 'POST' | 'OPTIONS'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What came back. */
export interface Answer {
  readonly status: number
  /** `503 Service Unavailable`. */
  readonly said: string
  readonly retryAfter: string | undefined
  readonly date: string | undefined
  readonly location: string | undefined
  /** The beginning of its body. */
  readonly text: string
}

/** The time for an exchange was over. */
export class ExchangeTimeout extends Error {
  override readonly name = 'ExchangeTimeout'
}

/** Of an answer's body so much is kept to be shown; an answer that goes on for longer than the second is cut off. */
const keptBytes = 2_048
const mostBytes = 1024 * 1024

/** The sockets to one address, kept between requests: the only place where Millrace sends HTTP. */
export class Exchange {
  readonly #endpoint: Endpoint
  readonly #agent: Agent
  readonly #time: TimeSource

  constructor(endpoint: Endpoint, tls: TlsSettings, time: TimeSource) {
    this.#endpoint = endpoint
    this.#time = time
    // One request is on its way at a time; the second socket is for the one that replaces it at a time-out.
    const kept = { keepAlive: true, maxSockets: 2, maxFreeSockets: 1 }
    this.#agent = endpoint.tls ? new TlsAgent({ ...kept, ...tls }) : new Agent(kept)
  }

  /** Rejects with the socket's error, an ExchangeTimeout, or the signal's reason. Redirects are answers like others. */
  ask({ method, headers, body, timeoutMs, signal }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) }
      const options: RequestOptions = { method, agent: this.#agent, headers: { ...headers, ...length }, signal }
      const sent = (this.#endpoint.tls ? tlsRequest : request)(this.#endpoint.url, options)
      const cancel = this.#time.after(timeoutMs, () => sent.destroy(new ExchangeTimeout(`no answer within ${timeoutMs} ms`)))
      const fail = (error: Error): void => {
        cancel()
        reject(error)
      }
      sent.on('error', fail)
      // A peer that speaks another protocol from here on: without a listener nothing would be said, ever.
      sent.on('upgrade', (response, socket) => {
        socket.destroy()
        cancel()
        resolve(answerOf(response, ''))
      })
      sent.on('response', response => {
        void readAnswer(response).then(answer => {
          cancel()
          resolve(answer)
        }, fail)
      })
      sent.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const kept: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    if (bytes < keptBytes) kept.push(part.subarray(0, keptBytes - bytes))
    bytes += part.length
    // Leaving the loop destroys the socket: the status is what counts.
    if (bytes > mostBytes) break
  }
  return answerOf(response, Buffer.concat(kept).toString())
}

function answerOf({ statusCode: status = 0, statusMessage, headers }: IncomingMessage, text: string): Answer {
  const words = statusMessage || STATUS_CODES[status]
  return {
    status,
    said: words ? `${status} ${words}` : String(status),
    retryAfter: headers['retry-after'],
    date: headers.date,
    location: headers.location,
    text,
  }
}

/** What is wrong with a header, in words; the value is not repeated. */
export function validHeader(name: string, value: string): string | undefined {
  try {
    validateHeaderName(name)
  } catch {
    return 'which is no name of a header'
  }
  try {
    validateHeaderValue(name, value)
    return undefined
  } catch {
    return 'whose value has characters that a header cannot carry, such as a line break'
  }
}
