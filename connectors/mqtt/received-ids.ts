import { crc32 } from 'node:zlib'
import type { Publication } from './publication.js'

/**
 * QoS 2 messages that are safe with us and whose handshake the broker has not closed with PUBREL: [MQTT-4.3.3-2] such a one "MUST NOT
 * cause duplicate messages to be delivered". Kept over reconnects of one session, in 300 kB; a message counts as the same only where
 * its content is too, as some brokers number what they send again anew.
 */
export class ReceivedIds {
  readonly #recorded = new Uint8Array(65_536)
  /** Of the message that came last with each identifier. */
  readonly #content = new Uint32Array(65_536)

  /** Whether the message is safe already; else its content is noted. */
  isRepeat({ bytes, topic, payload, packetId, dup }: Publication): boolean {
    const content = crc32(bytes.subarray(payload.start, payload.end), crc32(bytes.subarray(topic.start, topic.end)))
    if (dup && this.#recorded[packetId] === 1 && this.#content[packetId] === content) return true
    this.#recorded[packetId] = 0
    this.#content[packetId] = content
    return false
  }

  record(packetIds: readonly number[]): void {
    for (const id of packetIds) this.#recorded[id] = 1
  }

  release(packetId: number): void {
    this.#recorded[packetId] = 0
  }

  clear(): void {
    this.#recorded.fill(0)
  }
}
