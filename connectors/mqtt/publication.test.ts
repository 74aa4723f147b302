import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headOf, publishes, written } from './packet-fixture.js'
import { Publication, type Stretch } from './publication.js'

const utf8 = new TextDecoder()

describe('Publication', () => {
  // One for all, as the product uses it: nothing of one packet may show in the next.
  const message = new Publication()
  const part = ({ start, end }: Stretch): Uint8Array | undefined => (start < 0 ? undefined : message.bytes.subarray(start, end))
  const words = (stretch: Stretch): string | undefined => {
    const bytes = part(stretch)
    return bytes && utf8.decode(bytes)
  }

  test.each([4, 5] as const)('reads what mqtt-packet writes, version %i', version => {
    fc.assert(
      fc.property(publishes(version), fc.nat(20), (packet, before) => {
        const encoded = written(packet, version)
        const bytes = new Uint8Array(before + encoded.length + 7).fill(0xee)
        bytes.set(encoded, before)
        expect(message.read(bytes, before, before + headOf(encoded), before + encoded.length, version)).toBeUndefined()
        const { properties = {} } = packet
        expect(message.qos).toBe(packet.qos)
        expect(message.dup).toBe(packet.dup)
        expect(message.retain).toBe(packet.retain)
        expect(message.packetId).toBe(packet.qos > 0 ? packet.messageId : 0)
        expect(words(message.topic)).toBe(packet.topic)
        expect(Buffer.from(part(message.payload)!).equals(packet.payload)).toBe(true)
        expect(words(message.contentType)).toBe(properties.contentType)
        expect(words(message.responseTopic)).toBe(properties.responseTopic)
        const correlation = part(message.correlation)
        expect(correlation && Buffer.from(correlation)).toEqual(properties.correlationData)
        expect(message.expiry).toBe(properties.messageExpiryInterval ?? -1)
        const { pairs } = message
        const read = Array.from({ length: pairs.length / 4 }, (_, i) => [
          utf8.decode(bytes.subarray(pairs[4 * i], pairs[4 * i + 1])),
          utf8.decode(bytes.subarray(pairs[4 * i + 2], pairs[4 * i + 3])),
        ])
        expect(read).toEqual(Object.entries(properties.userProperties ?? {}))
      }),
    )
  })

  test('says what is wrong with a packet that is cut off, and reads nothing behind its end', () => {
    fc.assert(
      fc.property(publishes(5), fc.nat(), (packet, at) => {
        const encoded = written({ ...packet, payload: Buffer.alloc(0) }, 5)
        const body = headOf(encoded)
        const end = body + (at % (encoded.length - body))
        expect(message.read(encoded, 0, body, end, 5)).toMatch(/^a PUBLISH (whose|without|with)/)
      }),
    )
  })

  test('reads the beginning of a packet, as far as it goes; properties that are cut off are left out', () => {
    fc.assert(
      fc.property(publishes(5), fc.nat(), (packet, at) => {
        const encoded = written(packet, 5)
        const body = headOf(encoded)
        const least = body + 2 + Buffer.byteLength(packet.topic) + (packet.qos > 0 ? 2 : 0)
        const end = least + (at % (encoded.length - least))
        expect(message.readCut(encoded, 0, body, end, 5)).toBeUndefined()
        expect(words(message.topic)).toBe(packet.topic)
        expect(message.packetId).toBe(packet.qos > 0 ? packet.messageId : 0)
        const isPayload = end > encoded.length - packet.payload.length
        const kept = isPayload ? packet.payload.subarray(0, packet.payload.length - (encoded.length - end)) : Buffer.alloc(0)
        expect(Buffer.from(part(message.payload)!).equals(kept)).toBe(true)
        const whole = Object.keys(packet.properties?.userProperties ?? {}).length
        expect([0, whole]).toContain(message.pairs.length / 4)
        for (const { end: last } of [message.contentType, message.responseTopic, message.correlation].filter(({ start }) => start >= 0))
          expect(last).toBeLessThanOrEqual(end)
      }),
    )
  })

  test.each([
    ['QoS 3', [0x36, 5, 0, 1, 97, 0, 1], 'QoS 3'],
    ['packet identifier 0', [0x32, 5, 0, 1, 97, 0, 0], 'packet identifier 0'],
    ['an empty topic', [0x30, 3, 0, 0, 120], 'without a topic'],
  ])('refuses %s', (_, bytes, why) => {
    expect(message.read(Uint8Array.from(bytes), 0, 2, bytes.length, 4)).toContain(why)
  })

  test('refuses a property that a PUBLISH does not have', () => {
    const bytes = Uint8Array.of(0x30, 7, 0, 1, 97, 3, 0x11, 0, 0)
    expect(message.read(bytes, 0, 2, bytes.length, 5)).toContain('malformed properties')
  })
})
