import fc from 'fast-check'
import { generate, type IPublishPacket, type Packet } from 'mqtt-packet'

/** Packets as the library that brokers and clients of Node are built on writes them: the oracle of our reader. */
export const written = (packet: Packet, version: 4 | 5): Uint8Array => new Uint8Array(generate(packet, { protocolVersion: version }))

/** Where the fixed header of a whole packet ends: behind the first byte of its length below 0x80. */
export const headOf = (bytes: Uint8Array): number => bytes.findIndex((byte, i) => i > 0 && byte < 0x80) + 1

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(text => !/[+#\0/]/.test(text))
export const topics = fc.array(name, { minLength: 1, maxLength: 5 }).map(levels => levels.join('/'))
const utf8 = fc.string({ unit: 'grapheme', maxLength: 300 }).filter(text => !text.includes('\0'))

const properties = fc.record(
  {
    payloadFormatIndicator: fc.boolean(),
    messageExpiryInterval: fc.integer({ min: 0, max: 0xffff_ffff }),
    contentType: fc.stringMatching(/^[a-z]{1,10}\/[a-z]{1,300}$/),
    responseTopic: topics,
    correlationData: fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes)),
    subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }),
    userProperties: fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), utf8, {
      noNullPrototype: true,
      minKeys: 1,
      maxKeys: 6,
    }),
  },
  { requiredKeys: [] },
)

const smallest = { cmd: 'publish' as const }

/** A PUBLISH of either version, with whatever it may carry. */
export const publishes = (version: 4 | 5): fc.Arbitrary<IPublishPacket & { readonly payload: Buffer }> =>
  fc
    .record({
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      dup: fc.boolean(),
      retain: fc.boolean(),
      topic: topics,
      messageId: fc.integer({ min: 1, max: 65_535 }),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.from(bytes)),
        fc.integer({ min: 100, max: 4_000 }).map(size => Buffer.alloc(size, 'x')),
      ),
      properties,
    })
    .map(({ properties: own, ...packet }) => ({
      ...smallest,
      ...packet,
      // [MQTT-3.3.1-2]: "The DUP flag MUST be set to 0 for all QoS 0 messages".
      dup: packet.dup && packet.qos > 0,
      ...(version === 5 ? { properties: own } : {}),
    }))
