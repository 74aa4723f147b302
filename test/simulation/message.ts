import { encodeMessage } from '../../src/amqp/encode-message.js'
import type { Chunk } from '../../src/model/chunk.js'

/** What the job makes of a message: counts it, leaves it out, or dead-letters it (not JSON, or refused by a row function). */
export type Kind = 'good' | 'filtered' | 'thrown' | 'bad'

/** Numbers from here on are those of messages that their producers have taken back. */
export const abortedFrom = 800_000

/** One message that a producer made. Two are the same if they have the same number; a resent one is the same. */
export interface Message {
  readonly n: number
  readonly id: string
  readonly kind: Kind
  readonly key: string
  readonly value: number
  /** Event time, ms since the epoch. */
  readonly at: number
  readonly bytes: Uint8Array
  /** Found in the journal where this message is. */
  readonly marker: Uint8Array
}

const utf8 = new TextEncoder()

export function message(parts: Omit<Message, 'bytes' | 'marker'>): Message {
  const { n, id, kind, key, value, at } = parts
  const mark = `#${String(n).padStart(6, '0')}#`
  const body = JSON.stringify({ m: mark, n, key, value, at })
  const data = kind === 'bad' ? body.slice(0, -1) : body
  return { ...parts, bytes: encodeMessage({ messageId: id, body: { data } }), marker: utf8.encode(mark) }
}

/** Messages as one chunk of a source. */
export function chunkOf(messages: readonly Pick<Message, 'bytes'>[], partition: number, receipt: number, reference?: string): Chunk {
  const bytes = Buffer.concat(messages.map(({ bytes }) => bytes))
  const starts = new Int32Array(messages.length)
  const ends = new Int32Array(messages.length)
  let at = 0
  messages.forEach(({ bytes: { length } }, i) => {
    starts[i] = at
    at += length
    ends[i] = at
  })
  return {
    encoding: 'amqp',
    partition,
    bytes,
    starts,
    ends,
    length: messages.length,
    receipt,
    ...(reference !== undefined && { reference }),
  }
}
