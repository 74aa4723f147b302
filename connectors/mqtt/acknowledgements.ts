import { presettled, type Segment } from '../../src/connector/segment.js'
import type { Outcome } from '../../src/connector/source.js'
import { packetType } from './frame-splitter.js'

/** Packet identifier and QoS of a message in one number, as segments keep it. */
export const deliveryOf = (packetId: number, qos: number): number => packetId + qos * 65_536
const packetIdOf = (delivery: number): number => delivery % 65_536
const qosOf = (delivery: number): number => Math.floor(delivery / 65_536)

/** MQTT 5 §3.4.2.1: 0x83 "the PUBLISH is valid but the receiver is not willing to accept it". */
const unwilling = 0x83

interface Entry {
  readonly receipt: number
  readonly deliveries: Float64Array
  readonly owed: number
}

/** Packets that acknowledge, as they are written to the socket, and the QoS 2 messages whose handshake they open. */
export interface Acknowledgement {
  readonly bytes: Uint8Array
  readonly recorded: readonly number[]
}

/** One packet of type PUBACK, PUBREC or PUBCOMP with a packet identifier. */
export const acknowledge = (type: number, packetId: number): Uint8Array => Uint8Array.of(type << 4, 2, packetId >> 8, packetId & 0xff)

/**
 * Which messages each chunk holds, until they are settled. [MQTT-4.6.0-2], [MQTT-4.6.0-3]: acknowledgements are sent "in the order
 * in which the corresponding PUBLISH packets were received". With a lost connection all is forgotten: the broker sends it again.
 */
export class Acknowledgements {
  /** Messages given out and not settled. */
  unsettled = 0
  #entries: Entry[] = []

  add(receipt: number, { ids, length }: Segment): void {
    let owed = 0
    for (let i = 0; i < length; i++) if (ids[i] !== presettled) owed++
    if (owed === 0) return
    this.#entries.push({ receipt, deliveries: ids.slice(0, length), owed })
    this.unsettled += owed
  }

  /** Removes everything up to the receipt. What is released or modified gets no answer: the broker sends it again over the next connection. */
  settle(
    through: number,
    exceptions: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[] = [],
    version: 4 | 5 = 5,
  ): Acknowledgement {
    const done: Entry[] = []
    while (this.#entries[0] && this.#entries[0].receipt <= through) done.push(this.#entries.shift()!)
    const bytes = new Uint8Array(done.reduce((sum, { owed }) => sum + owed * 5, 0))
    const recorded: number[] = []
    let at = 0
    for (const { receipt, deliveries, owed } of done) {
      this.unsettled -= owed
      const own = new Map(exceptions.filter(one => one.receipt === receipt).map(({ index, outcome }) => [index, outcome.outcome]))
      for (let i = 0; i < deliveries.length; i++) {
        const delivery = deliveries[i]!
        if (delivery === presettled) continue
        const outcome = own.get(i) ?? 'accepted'
        if (outcome === 'released' || outcome === 'modified') continue
        const refused = outcome === 'rejected' && version === 5
        const packetId = packetIdOf(delivery)
        bytes[at++] = (qosOf(delivery) === 1 ? packetType.puback : packetType.pubrec) << 4
        bytes[at++] = refused ? 3 : 2
        bytes[at++] = packetId >> 8
        bytes[at++] = packetId & 0xff
        if (refused) bytes[at++] = unwilling
        else if (qosOf(delivery) === 2) recorded.push(packetId)
      }
    }
    return { bytes: bytes.subarray(0, at), recorded }
  }

  forget(): void {
    this.#entries = []
    this.unsettled = 0
  }
}
