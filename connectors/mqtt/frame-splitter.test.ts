import fc from 'fast-check'
import type { Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { type FrameReceiver, FrameSplitter } from './frame-splitter.js'
import { headOf, publishes, written } from './packet-fixture.js'

/** Keeps what it is told, as text; takes only so many frames until it is asked again. */
class Taker implements FrameReceiver {
  readonly frames: string[] = []
  readonly tooLarges: string[] = []
  readonly faults: string[] = []
  room = Number.POSITIVE_INFINITY

  wants(): boolean {
    return this.room > 0
  }

  frame(bytes: Uint8Array, start: number, body: number, end: number): void {
    this.room--
    this.frames.push(`${body - start}:${Buffer.from(bytes.subarray(start, end)).toString('base64')}`)
  }

  tooLarge(bytes: Uint8Array, start: number, body: number, end: number, length: number): void {
    this.tooLarges.push(`${length} ${body - start}:${Buffer.from(bytes.subarray(start, end)).toString('base64')}`)
  }

  broken(why: string): void {
    this.faults.push(why)
  }
}

const shown = (bytes: Uint8Array): string => `${headOf(bytes)}:${Buffer.from(bytes).toString('base64')}`

const others: fc.Arbitrary<Packet> = fc.constantFrom<Packet>(
  { cmd: 'pingresp' },
  { cmd: 'pubrel', messageId: 7 },
  { cmd: 'suback', messageId: 9, granted: [0, 1, 2] },
  { cmd: 'connack', returnCode: 0, sessionPresent: true },
)
const streams = fc.array(fc.oneof({ weight: 3, arbitrary: publishes(4) }, { weight: 1, arbitrary: others }), {
  minLength: 1,
  maxLength: 12,
})
const cuts = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 40 })

/** The stream in pieces of these sizes, by turns. */
function* pieces(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length]!
    yield stream.slice(at, at + size)
    at += size
  }
}

describe('FrameSplitter', () => {
  test('gives the packets that were written, however the stream is cut and whenever it is held back', () => {
    fc.assert(
      fc.property(streams, cuts, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), (packets, sizes, rooms) => {
        const encoded = packets.map(packet => written(packet, 4))
        const taker = new Taker()
        const splitter = new FrameSplitter(taker, 1 << 20, 1 << 10)
        let turn = 0
        for (const piece of pieces(Buffer.concat(encoded), sizes)) {
          taker.room = rooms[turn++ % rooms.length]!
          splitter.push(piece)
          if (turn % 3 === 0) splitter.resume()
        }
        taker.room = Number.POSITIVE_INFINITY
        splitter.resume()
        expect(taker.frames).toEqual(encoded.map(shown))
        expect(taker.faults).toEqual([])
        expect(splitter.held).toBe(0)
      }),
    )
  })

  test('gives the beginning of what is too large, passes over the rest, and gives all around it', () => {
    const most = 2_000
    fc.assert(
      // As much may be kept as is taken, or less, or all of it.
      fc.property(streams, cuts, fc.constantFrom(500, most, 1 << 20), (packets, sizes, kept) => {
        const encoded = packets.map(packet => written(packet, 4))
        const large = (i: number) => packets[i]!.cmd === 'publish' && encoded[i]!.length > most
        const taker = new Taker()
        const splitter = new FrameSplitter(taker, most, kept)
        let mostHeld = 0
        for (const piece of pieces(Buffer.concat(encoded), sizes)) {
          splitter.push(piece)
          mostHeld = Math.max(mostHeld, splitter.held)
        }
        expect(taker.frames).toEqual(encoded.filter((_, i) => !large(i)).map(shown))
        expect(taker.tooLarges).toEqual(
          encoded.flatMap((bytes, i) =>
            large(i) ? `${bytes.length} ${headOf(bytes)}:${Buffer.from(bytes.subarray(0, kept)).toString('base64')}` : [],
          ),
        )
        // What is passed over is not held.
        const largest = Math.max(...encoded.map(({ length }) => length))
        expect(mostHeld).toBeLessThanOrEqual(Math.min(largest, Math.max(most, kept)) + 3_000)
      }),
    )
  })

  test.each([
    ['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 0x01], 'more than four bytes'],
    ['a control packet beyond all measure', [0x90, 0xff, 0xff, 0xff, 0x7f], 'a control packet of 268435460 bytes'],
  ])('ends at %s', (_, bytes, why) => {
    const taker = new Taker()
    const splitter = new FrameSplitter(taker, 1 << 20, 1 << 10)
    for (const byte of bytes) splitter.push(Uint8Array.of(byte))
    splitter.push(written({ cmd: 'pingresp' }, 4))
    expect(taker.faults).toEqual([expect.stringContaining(why)])
    expect(taker.frames).toEqual([])
  })

  test('never throws and never reads past the end, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), stream => {
        const taker = new Taker()
        const splitter = new FrameSplitter(taker, 50, 20)
        for (const piece of stream) splitter.push(piece)
        const given = taker.frames.reduce((sum, frame) => sum + Buffer.from(frame.split(':')[1]!, 'base64').length, 0)
        expect(given + splitter.held).toBeLessThanOrEqual(stream.reduce((sum, piece) => sum + piece.length, 0))
      }),
    )
  })
})
