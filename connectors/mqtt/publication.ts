import { packetType } from './frame-splitter.js'

/** Properties of a PUBLISH in MQTT 5 §3.3.2.3, and how each is encoded. */
const kinds: Readonly<Record<number, 'byte' | 'u32' | 'u16' | 'text' | 'varint' | 'pair'>> = {
  1: 'byte', // payload format indicator
  2: 'u32', // message expiry interval, s
  3: 'text', // content type
  8: 'text', // response topic
  9: 'text', // correlation data: binary, with a length as texts have
  11: 'varint', // subscription identifier
  35: 'u16', // topic alias
  38: 'pair', // user property
}

/** A stretch of the packet; `start` −1 where there is none. */
export interface Stretch {
  start: number
  end: number
}

const malformedProperties = 'a PUBLISH with malformed properties'
const none = (): Stretch => ({ start: -1, end: -1 })

/**
 * Reads PUBLISH packets (MQTT 3.1.1 §3.3, MQTT 5 §3.3) without copying: everything is a stretch of the packet's bytes. One
 * instance is used for all packets.
 */
export class Publication {
  bytes: Uint8Array = new Uint8Array(0)
  qos = 0
  dup = false
  retain = false
  /** 0 with QoS 0. */
  packetId = 0
  readonly topic = none()
  readonly payload = none()
  readonly contentType = none()
  readonly responseTopic = none()
  readonly correlation = none()
  /** Seconds left; −1 where it does not expire. */
  expiry = -1
  /** Of user property i: key in pairs[4 i] … pairs[4 i + 1], value in pairs[4 i + 2] … pairs[4 i + 3]. */
  pairs: number[] = []

  /** Reads a packet; what is wrong with it, in words, where it is malformed. */
  read(bytes: Uint8Array, start: number, body: number, end: number, version: 4 | 5): string | undefined {
    const first = bytes[start]!
    this.bytes = bytes
    this.qos = (first >> 1) & 3
    this.dup = (first & 8) !== 0
    this.retain = (first & 1) !== 0
    this.expiry = -1
    this.pairs.length = 0
    this.contentType.start = this.responseTopic.start = this.correlation.start = -1
    // [MQTT-3.3.1-4]: "A PUBLISH packet MUST NOT have both QoS bits set to 1".
    if (first >> 4 !== packetType.publish || this.qos === 3) return 'a PUBLISH with QoS 3'
    let at = this.#text(this.topic, body, end)
    if (at < 0) return 'a PUBLISH whose topic reaches past its end'
    this.packetId = 0
    if (this.qos > 0) {
      if (at + 2 > end) return 'a PUBLISH without its packet identifier'
      this.packetId = (bytes[at]! << 8) | bytes[at + 1]!
      // [MQTT-2.3.1-1]: "MUST contain a non-zero 16-bit Packet Identifier".
      if (this.packetId === 0) return 'a PUBLISH with packet identifier 0'
      at += 2
    }
    if (version === 5) at = this.#properties(at, end)
    if (at < 0) return malformedProperties
    return this.#rest(at, end)
  }

  /** The same of the beginning of a packet, which reaches as far as its packet identifier at least. */
  readCut(bytes: Uint8Array, start: number, body: number, end: number, version: 4 | 5): string | undefined {
    const fault = this.read(bytes, start, body, end, version)
    if (fault !== malformedProperties) return fault
    // They alone are longer than what was kept: the payload lies behind the cut.
    this.pairs.length = 0
    this.expiry = -1
    this.contentType.start = this.responseTopic.start = this.correlation.start = -1
    return this.#rest(end, end)
  }

  #rest(at: number, end: number): string | undefined {
    if (this.topic.start === this.topic.end) return 'a PUBLISH without a topic (topic aliases were not allowed)'
    this.payload.start = at
    this.payload.end = end
    return undefined
  }

  #properties(from: number, end: number): number {
    let at = this.#varint(from, end)
    if (at < 0) return -1
    const stop = at + this.#value
    if (stop > end) return -1
    while (at >= 0 && at < stop) {
      const code = this.bytes[at]!
      at = this.#property(code, at + 1, stop)
    }
    return at === stop ? stop : -1
  }

  #property(code: number, at: number, end: number): number {
    switch (kinds[code]) {
      case 'byte':
        return at + 1
      case 'u16':
        return at + 2
      case 'u32':
        if (at + 4 > end) return -1
        this.expiry = ((this.bytes[at]! << 24) | (this.bytes[at + 1]! << 16) | (this.bytes[at + 2]! << 8) | this.bytes[at + 3]!) >>> 0
        return at + 4
      case 'varint':
        return this.#varint(at, end)
      case 'text':
        return this.#text(code === 3 ? this.contentType : code === 8 ? this.responseTopic : this.correlation, at, end)
      case 'pair': {
        const next = this.#text(scratch, at, end)
        if (next < 0) return -1
        this.pairs.push(scratch.start, scratch.end)
        const after = this.#text(scratch, next, end)
        this.pairs.push(scratch.start, scratch.end)
        return after
      }
      default:
        return -1
    }
  }

  /** A length of two bytes and so many bytes; returns what follows, −1 where they are not there. */
  #text(into: Stretch, at: number, end: number): number {
    if (at + 2 > end) return -1
    const start = at + 2
    const stop = start + ((this.bytes[at]! << 8) | this.bytes[at + 1]!)
    if (stop > end) return -1
    into.start = start
    into.end = stop
    return stop
  }

  #value = 0

  #varint(at: number, end: number): number {
    let value = 0
    for (let i = 0; i < 4; i++) {
      if (at + i >= end) return -1
      const byte = this.bytes[at + i]!
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) {
        this.#value = value
        return at + i + 1
      }
    }
    return -1
  }
}

const scratch = none()
