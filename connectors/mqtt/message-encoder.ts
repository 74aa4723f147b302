import { cutKey } from './cut-messages.js'
import type { Publication, Stretch } from './publication.js'
import type { TopicPattern } from './topic-pattern.js'

/** Which parts that cost bytes in every message the job reads. */
export interface WantedParts {
  /** Retain flag and QoS, as the annotations `x-opt-retain-message` and `x-opt-mqtt-qos`. */
  readonly flags: boolean
  readonly patterns: readonly TopicPattern[]
}

export const retainAnnotation = 'x-opt-retain-message'
export const qosAnnotation = 'x-opt-mqtt-qos'

const ascii = new TextEncoder()
const retainKey = ascii.encode(retainAnnotation)
const qosKey = ascii.encode(qosAnnotation)
const cutKeyBytes = ascii.encode(cutKey)
const nil = 0x40
/** User properties that are compared with each other. */
const fewPairs = 16

/**
 * Writes a PUBLISH as an AMQP 1.0 message (part 3 §3.2), so that the decoders, the journal, ids and dead letters read it as
 * any other: topic as `to`, response topic as `reply-to`, correlation data as `correlation-id`, content type, user properties as
 * application properties, named topic levels as application properties `+name`, expiry as `ttl`, payload as data.
 */
export class MessageEncoder {
  bytes: Uint8Array = new Uint8Array(1024)
  length = 0
  readonly #wanted: WantedParts
  readonly #keys: ReadonlyMap<TopicPattern, readonly Uint8Array[]>
  readonly #keyBytes: number
  /** Where in `pairs` the user properties lie that go along. */
  readonly #kept: number[] = []

  constructor(wanted: WantedParts) {
    this.#wanted = wanted
    this.#keys = new Map(wanted.patterns.map(pattern => [pattern, pattern.names.map(name => ascii.encode(`+${name}`))]))
    this.#keyBytes = [...this.#keys.values()].flat().reduce((sum, key) => sum + key.length + 2, 0)
  }

  /** Leaves the message in `bytes[0 … length − 1]`, valid until the next call. */
  encode(message: Publication): void {
    this.#begin(message)
    if (message.dup || message.expiry >= 0) this.#header(message)
    if (this.#wanted.flags) this.#annotations(message)
    this.#bare(message)
  }

  /** The same of a packet of this length that is too large, or of its beginning, marked as such: see `cutKey`. */
  encodeCut(message: Publication, length: number): void {
    this.#begin(message)
    if (message.dup || message.expiry >= 0) this.#header(message)
    this.#section(0x71)
    const start = this.#open(0xc1)
    this.#short(0xa3, cutKeyBytes, 0, cutKeyBytes.length)
    this.#byte(0x70)
    this.#uint32(length)
    this.#close(start, 2)
    if (this.#wanted.flags) this.#annotations(message)
    this.#bare(message)
  }

  #begin(message: Publication): void {
    const size = message.payload.end - message.topic.start
    // Named levels repeat parts of the topic; headers of sections and values take a few bytes each.
    const most = 2 * size + this.#keyBytes + 8 * message.pairs.length + 256
    if (this.bytes.length < most) this.bytes = new Uint8Array(2 * most)
    this.length = 0
  }

  #bare(message: Publication): void {
    this.#properties(message)
    this.#applicationProperties(message)
    this.#section(0x75)
    this.#binary(message.bytes, message.payload.start, message.payload.end)
  }

  /** §3.2.1: durable, priority, ttl, first-acquirer, delivery-count. */
  #header({ qos, dup, expiry }: Publication): void {
    this.#section(0x70)
    const start = this.#open(0xc0)
    this.#byte(qos > 0 ? 0x41 : 0x42)
    this.#byte(nil)
    if (expiry < 0) this.#byte(nil)
    else {
      this.#byte(0x70)
      this.#uint32(Math.min(expiry * 1000, 0xffff_ffff))
    }
    this.#byte(nil)
    this.#byte(0x52)
    this.#byte(dup ? 1 : 0)
    this.#close(start, 5)
  }

  #annotations({ retain, qos }: Publication): void {
    this.#section(0x72)
    const start = this.#open(0xc1)
    this.#short(0xa3, retainKey, 0, retainKey.length)
    this.#byte(retain ? 0x41 : 0x42)
    this.#short(0xa3, qosKey, 0, qosKey.length)
    this.#byte(0x54)
    this.#byte(qos)
    this.#close(start, 4)
  }

  /** §3.2.4: message-id, user-id, to, subject, reply-to, correlation-id, content-type; trailing nulls are left out. */
  #properties({ bytes, topic, responseTopic, correlation, contentType }: Publication): void {
    this.#section(0x73)
    const count = contentType.start >= 0 ? 7 : correlation.start >= 0 ? 6 : responseTopic.start >= 0 ? 5 : 3
    const content =
      2 +
      width(topic) +
      (count > 3 ? 1 + width(responseTopic) : 0) +
      (count > 5 ? width(correlation) : 0) +
      (count > 6 ? width(contentType) : 0)
    this.#compound(0xc0, content, count)
    this.#byte(nil)
    this.#byte(nil)
    this.#text(0xa1, bytes, topic)
    if (count === 3) return
    this.#byte(nil)
    this.#text(0xa1, bytes, responseTopic)
    if (count > 5) this.#text(0xa0, bytes, correlation)
    if (count > 6) this.#text(0xa3, bytes, contentType)
  }

  #applicationProperties(message: Publication): void {
    const { bytes, pairs } = message
    this.#keep(message)
    const pattern = this.#patternOf(message)
    const names = pattern ? this.#keys.get(pattern)! : []
    let content = 0
    let count = 0
    for (let i = 0; pattern && i < names.length; i++) {
      content += 2 + names[i]!.length + widthOf(pattern.ends[i]! - pattern.starts[i]!)
      count += 2
    }
    for (const i of this.#kept) {
      content += widthOf(pairs[i + 1]! - pairs[i]!) + widthOf(pairs[i + 3]! - pairs[i + 2]!)
      count += 2
    }
    if (count === 0) return
    this.#section(0x74)
    this.#compound(0xc1, content, count)
    for (let i = 0; pattern && i < names.length; i++) {
      this.#short(0xa1, names[i]!, 0, names[i]!.length)
      this.#string(0xa1, bytes, pattern.starts[i]!, pattern.ends[i]!)
    }
    for (const i of this.#kept) {
      this.#string(0xa1, bytes, pairs[i]!, pairs[i + 1]!)
      this.#string(0xa1, bytes, pairs[i + 2]!, pairs[i + 3]!)
    }
  }

  /** The first pattern that names levels of this topic. */
  #patternOf({ bytes, topic }: Publication): TopicPattern | undefined {
    for (const pattern of this.#wanted.patterns)
      if (pattern.names.length > 0 && pattern.match(bytes, topic.start, topic.end)) return pattern
    return undefined
  }

  /**
   * A key that begins with `+` would pass itself off as a level of the topic; one that was there before counts, as maps have a key
   * once. A packet may hold millions of them: beyond a few, each is looked up.
   */
  #keep({ bytes, pairs }: Publication): void {
    const kept = this.#kept
    kept.length = 0
    const seen = pairs.length > 4 * fewPairs ? new Set<string>() : undefined
    for (let i = 0; i < pairs.length; i += 4) {
      const [start, end] = [pairs[i]!, pairs[i + 1]!]
      if (bytes[start] === 0x2b && end > start) continue
      if (!seen) {
        if (!kept.some(j => sameStretch(bytes, start, end, pairs[j]!, pairs[j + 1]!))) kept.push(i)
        continue
      }
      const key = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
      if (seen.has(key)) continue
      seen.add(key)
      kept.push(i)
    }
  }

  #section(code: number): void {
    this.#byte(0x00)
    this.#byte(0x53)
    this.#byte(code)
  }

  /** A compound of less than 256 bytes whose size is filled in by `close`. */
  #open(code: number): number {
    this.#byte(code)
    this.length += 2
    return this.length
  }

  #close(start: number, count: number): void {
    this.bytes[start - 2] = this.length - start + 1
    this.bytes[start - 1] = count
  }

  /** The head of a compound whose content's size is known; `code` is its short form, the long one lies 0x10 above. */
  #compound(code: number, content: number, count: number): void {
    if (content + 1 < 256 && count < 256) {
      this.#byte(code)
      this.#byte(content + 1)
      this.#byte(count)
      return
    }
    this.#byte(code + 0x10)
    this.#uint32(content + 4)
    this.#uint32(count)
  }

  #text(code: number, bytes: Uint8Array, { start, end }: Stretch): void {
    if (start < 0) this.#byte(nil)
    else this.#string(code, bytes, start, end)
  }

  #binary(bytes: Uint8Array, start: number, end: number): void {
    this.#string(0xa0, bytes, start, end)
  }

  #string(code: number, bytes: Uint8Array, start: number, end: number): void {
    if (end - start < 256) {
      this.#short(code, bytes, start, end)
      return
    }
    this.#byte(code + 0x10)
    this.#uint32(end - start)
    this.#copy(bytes, start, end)
  }

  #short(code: number, bytes: Uint8Array, start: number, end: number): void {
    this.#byte(code)
    this.#byte(end - start)
    this.#copy(bytes, start, end)
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > 64) this.bytes.set(bytes.subarray(start, end), this.length)
    else for (let i = start; i < end; i++) this.bytes[this.length + i - start] = bytes[i]!
    this.length += end - start
  }

  #byte(value: number): void {
    this.bytes[this.length++] = value
  }

  #uint32(value: number): void {
    this.bytes[this.length++] = value >>> 24
    this.bytes[this.length++] = value >>> 16
    this.bytes[this.length++] = value >>> 8
    this.bytes[this.length++] = value
  }
}

/** Bytes of an encoded string, binary or symbol of this length. */
const widthOf = (length: number): number => length + (length < 256 ? 2 : 5)
const width = ({ start, end }: Stretch): number => (start < 0 ? 1 : widthOf(end - start))

function sameStretch(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false
  for (let i = 0; i < aEnd - a; i++) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}
