import { presettled, type Segment } from '../../src/connector/segment.js'
import { SegmentQueue } from '../../src/connector/segment-queue.js'
import type { Outcome } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { Acknowledgements, acknowledge, deliveryOf } from './acknowledgements.js'
import { packetType } from './frame-splitter.js'
import type { Gate, InboundTaker } from './gate.js'
import { MessageEncoder, type WantedParts } from './message-encoder.js'
import { Publication } from './publication.js'
import { ReceivedIds } from './received-ids.js'

const segmentBytes = 256 * 1024
const words = new TextDecoder()

export interface InboxSettings {
  readonly version: 4 | 5
  readonly parts: WantedParts
  /** Retained messages are left out. */
  readonly dropsRetained: boolean
  /** The broker keeps the session, so that what was not acknowledged comes again. */
  readonly session: boolean
  readonly bufferBytes: number
}

/** What the inbox asks of its owner. */
export interface InboxOwner {
  /** Something can be given. */
  arrived(): void
  /** To be written to the broker. */
  answer(packets: Uint8Array): void
  /** The first word of a connection. */
  connected(sessionPresent: boolean, gate: Gate): void
  /** It is larger than the limit, and its beginning is on its way to the dead letters. */
  tooLarge(bytes: number): void
  /** Left out, as no filter of this source asks for its topic. */
  unasked(topic: string): void
}

/** Messages between the socket and the job: what has arrived, what is owed for it, and what was safe already. */
export class Inbox implements InboundTaker {
  /** Messages that came with QoS 0: their sender does not wait for us. */
  presettled = 0
  /** Messages of QoS 2 that came again although they were safe. */
  repeats = 0
  readonly #queue = new SegmentQueue(segmentBytes)
  readonly #acknowledgements = new Acknowledgements()
  readonly #received = new ReceivedIds()
  readonly #publication = new Publication()
  readonly #encoder: MessageEncoder
  readonly #settings: InboxSettings
  readonly #owner: InboxOwner
  #given: Segment | undefined
  #receipt = 0
  /** The connection is gone, and only the next one tells whether the broker sends what waits again. */
  #inDoubt = false
  #stopped = false
  /** What the journal has to take note of. */
  #note: string | undefined

  constructor(settings: InboxSettings, owner: InboxOwner) {
    this.#settings = settings
    this.#owner = owner
    this.#encoder = new MessageEncoder(settings.parts)
  }

  get unsettled(): number {
    return this.#acknowledgements.unsettled
  }

  get bytes(): number {
    return this.#queue.bytes + (this.#given?.used ?? 0)
  }

  get waiting(): number {
    return this.#inDoubt ? 0 : this.#queue.messages
  }

  /** The oldest messages; the chunk before them is no longer valid. */
  give(): Chunk | undefined {
    this.forgetGiven()
    if (this.#note !== undefined) return this.#noteChunk(this.#note)
    if (this.#inDoubt) return undefined
    const segment = this.#queue.take()
    if (!segment) return undefined
    this.#given = segment
    const receipt = ++this.#receipt
    this.#acknowledgements.add(receipt, segment)
    return segment.chunk(receipt)
  }

  /** Gives a chunk without messages next, for its position alone: what this source wants to know again at the next start. */
  note(position: string): void {
    this.#note = position
    this.#owner.arrived()
  }

  forgetGiven(): void {
    if (this.#given) this.#queue.recycle(this.#given)
    this.#given = undefined
  }

  settle(receipt: number, exceptions?: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[]): void {
    const { bytes, recorded } = this.#acknowledgements.settle(receipt, exceptions, this.#settings.version)
    this.#received.record(recorded)
    if (bytes.length > 0) this.#owner.answer(bytes)
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopped = true
  }

  /** What was not acknowledged is no longer ours to acknowledge. */
  lost(): void {
    this.#acknowledgements.forget()
    if (this.#settings.session) this.#inDoubt = this.#queue.messages > 0
    else this.#queue.disown()
  }

  clear(): void {
    this.#acknowledgements.forget()
    this.#queue.clear()
    this.forgetGiven()
  }

  wants(): boolean {
    return !this.#stopped && this.bytes < this.#settings.bufferBytes
  }

  connack(sessionPresent: boolean, code: number, gate: Gate): void {
    if (code !== 0) return
    if (sessionPresent) this.#queue.forgetUnsettled()
    else {
      // Nobody sends it again: it is here and nowhere else.
      this.#queue.disown()
      this.#received.clear()
    }
    this.#inDoubt = false
    this.#owner.connected(sessionPresent, gate)
    if (this.#queue.messages > 0) this.#owner.arrived()
  }

  publish(bytes: Uint8Array, start: number, body: number, end: number): string | undefined {
    const message = this.#publication
    const fault = message.read(bytes, start, body, end, this.#settings.version)
    if (fault === undefined) this.#take(message)
    return fault
  }

  tooLarge(bytes: Uint8Array, start: number, body: number, end: number, length: number): string | undefined {
    const message = this.#publication
    const { version } = this.#settings
    const fault = end - start < length ? message.readCut(bytes, start, body, end, version) : message.read(bytes, start, body, end, version)
    if (fault === undefined) this.#take(message, length)
    return fault
  }

  /** @param length of the whole packet, where that is too large. */
  #take(message: Publication, length?: number): void {
    const { qos, packetId } = message
    if (qos === 2 && this.#received.isRepeat(message)) {
      this.repeats++
      this.#owner.answer(acknowledge(packetType.pubrec, packetId))
      return
    }
    if (message.retain && this.#settings.dropsRetained) {
      this.#answerAtOnce(qos, packetId)
      return
    }
    if (this.#settings.session && !this.#isAsked(message)) {
      this.#answerAtOnce(qos, packetId)
      this.#owner.unasked(words.decode(message.bytes.subarray(message.topic.start, message.topic.end)))
      return
    }
    if (qos === 0) this.presettled++
    if (length === undefined) this.#encoder.encode(message)
    else {
      this.#encoder.encodeCut(message, length)
      this.#owner.tooLarge(length)
    }
    this.#queue.append(this.#encoder.bytes.subarray(0, this.#encoder.length), qos === 0 ? presettled : deliveryOf(packetId, qos))
    this.#owner.arrived()
  }

  /** [MQTT-4.3.3-2]: PUBCOMP ends the handshake, also of a message that is not known any more. */
  pubrel(packetId: number): void {
    this.#received.release(packetId)
    this.#owner.answer(acknowledge(packetType.pubcomp, packetId))
  }

  /** A kept session also brings what an earlier version of the job had subscribed to. */
  #isAsked({ bytes, topic }: Publication): boolean {
    for (const pattern of this.#settings.parts.patterns) if (pattern.match(bytes, topic.start, topic.end)) return true
    return false
  }

  #noteChunk(position: string): Chunk {
    this.#note = undefined
    const none = new Int32Array(0)
    return {
      encoding: 'amqp',
      partition: 0,
      bytes: new Uint8Array(0),
      starts: none,
      ends: none,
      length: 0,
      receipt: ++this.#receipt,
      position,
    }
  }

  #answerAtOnce(qos: number, packetId: number): void {
    if (qos === 0) return
    if (qos === 2) this.#received.record([packetId])
    this.#owner.answer(acknowledge(qos === 1 ? packetType.puback : packetType.pubrec, packetId))
  }
}
