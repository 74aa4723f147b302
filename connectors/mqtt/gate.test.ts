import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import type { Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { until } from '../../test/support/until.js'
import { Gate, type InboundTaker } from './gate.js'
import { publishes, written } from './packet-fixture.js'

/** A socket whose peer is the test. */
class Wire extends Duplex {
  readonly writes: string[] = []
  isEnded = false

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString('hex'))
    done()
  }

  override _final(done: () => void): void {
    this.isEnded = true
    done()
  }

  /** The peer says something; true while somebody reads. */
  say(...packets: readonly Uint8Array[]): boolean {
    if (this.isPaused()) return false
    for (const packet of packets) this.emit('data', packet)
    return true
  }
}

/** Takes what it wants, and keeps all as words. */
class Taker implements InboundTaker {
  readonly taken: string[] = []
  room = Number.POSITIVE_INFINITY
  fault: string | undefined

  connack(sessionPresent: boolean, code: number): void {
    this.taken.push(`connack ${sessionPresent} ${code}`)
  }

  publish(bytes: Uint8Array, start: number, _body: number, end: number): string | undefined {
    this.room--
    this.taken.push(hex(bytes.subarray(start, end)))
    return this.fault
  }

  pubrel(packetId: number): void {
    this.taken.push(`pubrel ${packetId}`)
  }

  tooLarge(bytes: Uint8Array, start: number, _body: number, end: number, length: number): string | undefined {
    this.taken.push(`${end - start} of ${length} bytes, from 0x${bytes[start]!.toString(16)}`)
    return this.fault
  }

  wants(): boolean {
    return this.room > 0
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const packet = (one: Packet): Uint8Array => written(one, 4)
const connack = packet({ cmd: 'connack', returnCode: 0, sessionPresent: true })
const pingresp = packet({ cmd: 'pingresp' })
const publish = (payload: string): Uint8Array =>
  packet({ cmd: 'publish', topic: 't', payload, qos: 1, messageId: 9, dup: false, retain: false })

function scene(taker: Taker | undefined, most = 1_000) {
  const wire = new Wire()
  const gate = new Gate(wire as unknown as Socket, taker, most)
  /** What the client library reads. */
  const read: string[] = []
  const ends: string[] = []
  gate.on('data', data => void read.push(hex(data)))
  gate.on('error', error => void ends.push(error.message))
  gate.on('end', () => void ends.push('end'))
  gate.on('close', () => void ends.push('close'))
  return { wire, gate, read, ends }
}

describe('Gate', () => {
  test('gives messages and their releases to the source, all else to the library, and the greeting to both', async () => {
    const taker = new Taker()
    const { wire, gate, read } = scene(taker)
    const suback = packet({ cmd: 'suback', messageId: 3, granted: [1] })
    wire.say(Buffer.concat([connack, publish('a'), suback, packet({ cmd: 'pubrel', messageId: 258 })]), pingresp)
    expect(taker.taken).toEqual(['connack true 0', hex(publish('a')), 'pubrel 258'])
    await until('the library has read', () => read.length === 3)
    expect(read).toEqual([connack, suback, pingresp].map(hex))
    expect(gate.wasHeard()).toBe(true)
    expect(gate.wasHeard()).toBe(false)
  })

  test('gives each packet once and in order, however the stream is cut and whenever the source wants no more', async () => {
    const others = fc.constantFrom<Packet>({ cmd: 'pingresp' }, { cmd: 'suback', messageId: 9, granted: [0, 1] })
    const packets = fc.array(fc.oneof(publishes(4), others), { maxLength: 12 })
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 })
    // Full for good, it would rightly take nothing ever again.
    const rooms = fc.array(fc.nat(3), { minLength: 1 }).filter(all => all.some(room => room > 0))
    await fc.assert(
      fc.asyncProperty(packets, sizes, rooms, async (sent, sizes, rooms) => {
        const taker = new Taker()
        const { wire, gate, read } = scene(taker, 1 << 20)
        const encoded = sent.map(packet)
        const stream = Buffer.concat([connack, ...encoded])
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          taker.room = rooms[turn % rooms.length]!
          if (turn > 0) gate.resumeReading()
          const end = at + sizes[turn % sizes.length]!
          if (wire.say(stream.subarray(at, end))) at = end
        }
        taker.room = Number.POSITIVE_INFINITY
        gate.resumeReading()
        const isMessage = ({ cmd }: Packet): boolean => cmd === 'publish'
        expect(taker.taken.slice(1)).toEqual(encoded.filter((_, i) => isMessage(sent[i]!)).map(hex))
        const rest = encoded.filter((_, i) => !isMessage(sent[i]!))
        await until('the library has read', () => read.length === 1 + rest.length)
        expect(read.slice(1)).toEqual(rest.map(hex))
        expect(gate.held).toBe(0)
      }),
    )
  })

  test('takes the greeting however full the source is, and nothing behind it', () => {
    const taker = new Taker()
    taker.room = 0
    const { wire, gate } = scene(taker)
    wire.say(Buffer.concat([connack, publish('a')]))
    expect(taker.taken).toEqual(['connack true 0'])
    expect(gate.paused).toBe(true)
  })

  test('reads nothing more while the source wants nothing, and says that it is its own wish', () => {
    const taker = new Taker()
    const { wire, gate } = scene(taker)
    taker.room = 1
    wire.say(Buffer.concat([connack, publish('a'), publish('b')]))
    expect(gate.paused).toBe(true)
    expect(wire.isPaused()).toBe(true)
    expect(taker.taken).toHaveLength(2)
    expect(gate.held).toBe(publish('b').length)
    // Room for one: that is taken, and reading stands still again.
    taker.room = 1
    gate.resumeReading()
    expect(taker.taken).toHaveLength(3)
    expect({ paused: gate.paused, isRead: !wire.isPaused() }).toEqual({ paused: false, isRead: true })
  })

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'it answers in HTTP'],
    ['AMQP\0\u0001\0\0', 'it answers in AMQP'],
    ['\u0015\u0003\u0001', 'it answers in TLS (mqtts://)'],
    ['SSH-2.0', 'its first packet is no CONNACK'],
    [Buffer.from(pingresp).toString('latin1'), 'its first packet is no CONNACK'],
  ])('ends where %j comes first', (words, fault) => {
    const { wire, gate } = scene(new Taker())
    wire.say(Buffer.from(words, 'latin1'))
    expect(gate.fault).toBe(fault)
    expect(gate.destroyed && wire.destroyed).toBe(true)
  })

  test('ends at what its source or its splitter finds wrong, and takes nothing behind that', () => {
    const taker = new Taker()
    taker.fault = 'a PUBLISH with QoS 3'
    const { wire, gate } = scene(taker)
    wire.say(Buffer.concat([connack, publish('a'), publish('b')]))
    expect(gate.fault).toBe('a PUBLISH with QoS 3')
    expect(taker.taken).toEqual(['connack true 0', hex(publish('a'))])
    expect(wire.destroyed).toBe(true)
    const other = scene(new Taker())
    other.wire.say(connack, Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01))
    expect(other.gate.fault).toContain('more than four bytes')
  })

  test('gives the source the beginning of what is too large; where there is no source, that is a fault', () => {
    const taker = new Taker()
    const most = 64
    const large = publish('x'.repeat(2 ** 21))
    const { wire, gate } = scene(taker, most)
    wire.say(connack, large, publish('a'))
    expect(taker.taken.slice(1)).toEqual([`${2 ** 20} of ${large.length} bytes, from 0x32`, hex(publish('a'))])
    expect(gate.fault).toBeUndefined()
    const sink = scene(undefined, most)
    sink.wire.say(connack, large)
    expect(sink.gate.fault).toBe(`a PUBLISH of ${large.length} bytes, where nothing was subscribed to`)
  })

  test('where there is no source, the library reads everything', async () => {
    const { wire, read } = scene(undefined)
    wire.say(connack, publish('a'), packet({ cmd: 'pubrel', messageId: 1 }))
    await until('the library has read', () => read.length === 3)
    expect(read[1]).toBe(hex(publish('a')))
  })

  test('once it is to ignore the peer, takes nothing, reads on, and leaves it to the peer to close', async () => {
    const taker = new Taker()
    const { wire, gate, read } = scene(taker)
    taker.room = 0
    wire.say(Buffer.concat([connack, publish('a')]))
    expect(wire.isPaused()).toBe(true)
    gate.ignore()
    expect(wire.isPaused()).toBe(false)
    wire.say(publish('b'), pingresp)
    expect(taker.taken).toEqual(['connack true 0'])
    await until('the greeting was read', () => read.length === 1)
    await new Promise<void>(resolve => gate.end(pingresp, () => resolve()))
    expect(wire.writes).toEqual([hex(pingresp)])
    expect(wire.isEnded).toBe(false)
    const usual = scene(new Taker())
    await new Promise<void>(resolve => usual.gate.end(() => resolve()))
    expect(usual.wire.isEnded).toBe(true)
  })

  test('writes what was written together in one go', async () => {
    const { wire, gate } = scene(undefined)
    gate.cork()
    for (const text of ['a', 'b', 'c']) gate.write(text)
    gate.uncork()
    await until('it is written', () => wire.writes.length > 0)
    expect(wire.writes).toEqual(['616263'])
  })

  test('ends as its socket ends', async () => {
    const failing = scene(new Taker())
    failing.wire.destroy(new Error('reset by peer'))
    await until('it is closed', () => failing.ends.includes('close'))
    expect(failing.ends).toEqual(['reset by peer', 'close'])
    const closing = scene(new Taker())
    closing.wire.emit('end')
    await until('it has ended', () => closing.ends.includes('end'))
    const gone = scene(new Taker())
    gone.gate.destroy()
    expect(gone.wire.destroyed).toBe(true)
    // What comes late changes nothing.
    gone.gate.resumeReading()
    expect(gone.gate.paused).toBe(false)
  })
})
