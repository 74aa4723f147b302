import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage } from '../../src/amqp/rhea.js'
import { MessageEncoder } from './message-encoder.js'
import { headOf, publishes, written } from './packet-fixture.js'
import { Publication } from './publication.js'
import { TopicPattern } from './topic-pattern.js'

describe('MessageEncoder', () => {
  const message = new Publication()
  const encode = (encoder: MessageEncoder, bytes: Uint8Array, version: 4 | 5) => {
    expect(message.read(bytes, 0, headOf(bytes), bytes.length, version)).toBeUndefined()
    encoder.encode(message)
    return decodeMessage(encoder.bytes.slice(0, encoder.length))
  }

  test.each([4, 5] as const)("is read back by rhea's decoder, an implementation of its own, version %i", version => {
    const encoder = new MessageEncoder({ flags: true, patterns: [] })
    fc.assert(
      fc.property(publishes(version), packet => {
        const decoded = encode(encoder, written(packet, version), version)
        const { properties = {} } = packet
        expect(decoded.to).toBe(packet.topic)
        expect(decoded.reply_to ?? undefined).toBe(properties.responseTopic)
        expect(decoded.content_type ?? undefined).toBe(properties.contentType)
        const correlation = decoded.correlation_id as Uint8Array | undefined
        expect(correlation ? Buffer.from(correlation) : undefined).toEqual(properties.correlationData)
        // rhea makes a plain object of a map, and loses the key `__proto__`: the next test has it.
        const pairs = Object.entries(properties.userProperties ?? {}).filter(([key]) => !key.startsWith('+') && key !== '__proto__')
        expect(Object.entries(decoded.application_properties ?? {})).toEqual(pairs)
        const { messageExpiryInterval: expiry } = properties
        expect(decoded.ttl ?? undefined).toBe(expiry === undefined ? undefined : Math.min(expiry * 1000, 0xffff_ffff))
        expect(decoded.delivery_count ?? 0).toBe(packet.dup ? 1 : 0)
        expect(decoded.message_annotations).toEqual({ 'x-opt-retain-message': packet.retain, 'x-opt-mqtt-qos': packet.qos })
        expect((decoded.body as { content: Buffer }).content.equals(packet.payload)).toBe(true)
      }),
    )
  })

  test('writes a key `__proto__` as any other', () => {
    const encoder = new MessageEncoder({ flags: false, patterns: [] })
    const userProperties = JSON.parse('{"__proto__":"own","b":"c"}') as Record<string, string>
    const packet = { cmd: 'publish', qos: 0, dup: false, retain: false, topic: 't', payload: 'x', properties: { userProperties } } as const
    encode(encoder, written(packet, 5), 5)
    const map = '\xa1\x09__proto__\xa1\x03own\xa1\x01b\xa1\x01c'
    expect(Buffer.from(encoder.bytes.subarray(0, encoder.length)).toString('latin1')).toContain(
      `\0\x53\x74\xc1${String.fromCharCode(map.length + 1)}\x04${map}`,
    )
  })

  test.each([4, 5] as const)("marks the beginning of a packet with the length of the whole, by rhea's decoder, version %i", version => {
    const encoder = new MessageEncoder({ flags: true, patterns: [] })
    fc.assert(
      fc.property(publishes(version), fc.integer({ min: 1, max: 268_435_460 }), (packet, length) => {
        const bytes = written(packet, version)
        expect(message.readCut(bytes, 0, headOf(bytes), bytes.length, version)).toBeUndefined()
        encoder.encodeCut(message, length)
        const decoded = decodeMessage(encoder.bytes.slice(0, encoder.length))
        expect(decoded.delivery_annotations).toEqual({ 'x-opt-millrace-cut': length })
        expect(decoded.message_annotations).toEqual({ 'x-opt-retain-message': packet.retain, 'x-opt-mqtt-qos': packet.qos })
        expect(decoded.delivery_count ?? 0).toBe(packet.dup ? 1 : 0)
        expect(decoded.to).toBe(packet.topic)
        expect((decoded.body as { content: Buffer }).content.equals(packet.payload)).toBe(true)
      }),
    )
  })

  test('takes the first of equal keys, of few and of many, in time that grows with their number only', () => {
    const encoder = new MessageEncoder({ flags: false, patterns: [] })
    const check = (count: number): void => {
      const keys = Array.from({ length: count }, (_, i) => `k${String(i >> 1).padStart(6, '0')}`)
      const pair = (key: string, i: number) => Buffer.from(`\x26\0\x07${key}\0\x06${String(i).padStart(6, '0')}`, 'latin1')
      const properties = Buffer.concat(keys.map(pair))
      const varint = [
        (properties.length & 0x7f) | 0x80,
        ((properties.length >> 7) & 0x7f) | 0x80,
        ((properties.length >> 14) & 0x7f) | 0x80,
      ]
      const body = Buffer.concat([Buffer.from('\0\x01t'), Buffer.from([...varint, properties.length >> 21]), properties])
      const packet = Buffer.concat([Buffer.from([0x30, 0]), body])
      expect(message.read(packet, 0, 2, packet.length, 5)).toBeUndefined()
      encoder.encode(message)
      const decoded = decodeMessage(encoder.bytes.slice(0, encoder.length))
      const wanted = keys.flatMap((key, i) => (i % 2 === 0 ? [[key, String(i).padStart(6, '0')]] : []))
      expect(Object.entries(decoded.application_properties ?? {})).toEqual(wanted)
    }
    for (const count of [2, 14, 16, 18, 200]) check(count)
    // Compared with each other, so many take minutes.
    check(250_000)
  })

  test('names levels of the topic as application properties, which no sender can pass off as its own', () => {
    const patterns = [new TopicPattern('other/+x'), new TopicPattern('sensors/+room/+device/#')]
    const encoder = new MessageEncoder({ flags: false, patterns })
    const userProperties = { '+room': 'forged', '+': 'kept apart', plain: 'yes' }
    const bytes = written(
      { cmd: 'publish', qos: 0, dup: false, retain: false, topic: 'sensors/Küche/d1/t', payload: '', properties: { userProperties } },
      5,
    )
    const { application_properties, message_annotations, header } = encode(encoder, bytes, 5) as unknown as Record<string, unknown>
    expect(application_properties).toEqual({ '+room': 'Küche', '+device': 'd1', plain: 'yes' })
    expect(message_annotations).toBeUndefined()
    expect(header).toBeUndefined()
  })

  test('of a user property given twice the first counts', () => {
    const encoder = new MessageEncoder({ flags: false, patterns: [] })
    const properties = { userProperties: { a: ['1', '2'], b: '3' } }
    const bytes = written({ cmd: 'publish', qos: 0, dup: false, retain: false, topic: 't', payload: '', properties }, 5)
    expect(encode(encoder, bytes, 5).application_properties).toEqual({ a: '1', b: '3' })
  })

  test('grows with the message, up to the largest topics and hundreds of properties', () => {
    const encoder = new MessageEncoder({ flags: true, patterns: [new TopicPattern('+a/+b')] })
    const userProperties = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`key-${i}`, 'v'.repeat(i)]))
    const topic = `${'a'.repeat(30_000)}/${'b'.repeat(30_000)}`
    const payload = Buffer.alloc(100_000, 'z')
    const bytes = written(
      { cmd: 'publish', qos: 1, messageId: 5, dup: false, retain: true, topic, payload, properties: { userProperties } },
      5,
    )
    const decoded = encode(encoder, bytes, 5)
    expect(decoded.to).toBe(topic)
    expect(decoded.application_properties).toEqual({ '+a': 'a'.repeat(30_000), '+b': 'b'.repeat(30_000), ...userProperties })
    expect((decoded.body as { content: Buffer }).content.length).toBe(100_000)
  })
})
