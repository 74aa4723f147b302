import type { Chunk } from '../model/chunk.js'

const utf8 = new TextEncoder()
const bytesOf = (text: string): number[] => [...utf8.encode(text)]
const big = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

/** Hand-written AMQP encodings for tests, from the tables of part 1 §1.6: independent of the codec and of any library. */
export const amqp = {
  null: [0x40],
  str: (text: string): number[] => [0xa1, bytesOf(text).length, ...bytesOf(text)],
  str32: (text: string): number[] => [0xb1, ...big(bytesOf(text).length), ...bytesOf(text)],
  sym: (text: string): number[] => [0xa3, text.length, ...bytesOf(text)],
  int: (value: number): number[] => [0x71, ...big(value)],
  smallint: (value: number): number[] => [0x54, value & 255],
  ulong: (value: bigint): number[] => [0x80, ...big(Number(value >> 32n)), ...big(Number(value & 0xffffffffn))],
  double: (value: number): number[] => [0x82, ...new Uint8Array(new Float64Array([value]).buffer).reverse()],
  timestamp: (ms: number): number[] => [0x83, ...new Uint8Array(new BigInt64Array([BigInt(ms)]).buffer).reverse()],
  true: [0x41],
  bin: (bytes: readonly number[]): number[] => [0xa0, bytes.length, ...bytes],
  list: (...items: number[][]): number[] => [0xd0, ...big(items.flat().length + 4), ...big(items.length), ...items.flat()],
  map: (...pairs: [number[], number[]][]): number[] => [0xd1, ...big(pairs.flat(2).length + 4), ...big(2 * pairs.length), ...pairs.flat(2)],
  section: (code: number, value: readonly number[]): number[] => [0x00, 0x53, code, ...value],
  data: (text: string): number[] => [0x00, 0x53, 0x75, 0xb0, ...big(bytesOf(text).length), ...bytesOf(text)],
  properties: (fields: Record<string, number[]>): number[] => {
    const order = [
      'message-id',
      'user-id',
      'to',
      'subject',
      'reply-to',
      'correlation-id',
      'content-type',
      'content-encoding',
      'absolute-expiry-time',
      'creation-time',
    ]
    return amqp.section(0x73, amqp.list(...order.map(key => fields[key] ?? amqp.null)))
  },
  applicationProperties: (entries: Record<string, number[]>): number[] =>
    amqp.section(0x74, amqp.map(...Object.entries(entries).map(([key, value]): [number[], number[]] => [amqp.str(key), value]))),
  value: (value: readonly number[]): number[] => amqp.section(0x77, value),
}

/** A chunk of encoded messages. */
export function chunkOf(messages: readonly (readonly number[] | Uint8Array)[], encoding: Chunk['encoding'] = 'amqp'): Chunk {
  const bytes = new Uint8Array(messages.reduce((sum, message) => sum + message.length, 0))
  const starts = new Int32Array(messages.length)
  const ends = new Int32Array(messages.length)
  let at = 0
  messages.forEach((message, i) => {
    bytes.set(message, at)
    starts[i] = at
    ends[i] = at += message.length
  })
  return { encoding, partition: 0, bytes, starts, ends, length: messages.length, receipt: 1 }
}

/** Bare bodies. */
export const bodies = (...texts: string[]): Chunk => chunkOf(texts.map(bytesOf), 'body')
