import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimeSource } from '../model/seams.js'
import { encodeValue } from './amqp-writer.js'
import { checkValue } from './check-value.js'
import { FrameReader } from './frame-reader.js'
import { FrameWriter } from './frame-writer.js'
import { FRAME_AMQP, FrameSplitter, type FrameViolation, Performative } from './frames.js'
import { guardLimits, guardSocket } from './guard.js'

class FakeSocket extends EventEmitter {
  destroyed = false
  destroy(): void {
    this.destroyed = true
  }
}

const timers: (() => void)[] = []
const time: TimeSource = {
  wall: () => 0,
  monotonic: () => 0,
  after: (_ms, callback) => {
    timers.push(callback)
    return () => timers.splice(timers.indexOf(callback), 1)
  },
}

const guarded = (limits = guardLimits) => {
  const socket = new FakeSocket()
  const violations: FrameViolation[] = []
  const passed: Buffer[] = []
  const guard = guardSocket(socket as unknown as Socket, limits, time, one => violations.push(one))
  guard.on('data', chunk => passed.push(Buffer.from(chunk as Buffer)))
  guard.on('error', () => {})
  return { socket, violations, bytes: () => Buffer.concat(passed) }
}

const stream = (): Buffer => {
  const out = new FrameWriter()
  out.header(0)
  out.begin(FRAME_AMQP, 0)
  out.openList(Performative.open)
  out.string('peer')
  out.closeList()
  out.end()
  for (let i = 0; i < 5; i++) {
    out.begin(FRAME_AMQP, 1)
    out.openList(Performative.transfer)
    out.uint(0)
    out.uint(i)
    out.tag(i)
    out.closeList()
    out.payload(Buffer.alloc(i * 50, i))
    out.end()
    out.empty()
  }
  return out.written()
}

const frameOf = (body: Buffer): Buffer => {
  const out = new FrameWriter()
  out.begin(FRAME_AMQP, 0)
  out.payload(body)
  out.end()
  return out.written()
}

const HEADER = Buffer.from('AMQP\0\x01\0\0', 'latin1')

describe('guardSocket', () => {
  it('passes sound streams unchanged, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }), cuts => {
        const { socket, violations, bytes } = guarded()
        const whole = stream()
        let at = 0
        for (let i = 0; at < whole.length; i++) {
          const step = cuts[i % cuts.length]!
          socket.emit('data', whole.subarray(at, at + step))
          at += step
        }
        expect(violations).toEqual([])
        expect(bytes().equals(whole)).toBe(true)
      }),
    )
  })

  it.each([
    ['AMQP 0-9-1', Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]), 'protocol-header'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'protocol-header'],
    ['a TLS alert', Buffer.from([0x15, 3, 3, 0, 2, 2, 70]), 'protocol-header'],
    ['a frame over the limit', Buffer.concat([HEADER, Buffer.from([0x7f, 0, 0, 0])]), 'frame-size'],
    ['a frame of 7 bytes', Buffer.concat([HEADER, Buffer.from([0, 0, 0, 7])]), 'frame-size'],
    ['a data offset of 1', Buffer.concat([HEADER, Buffer.from([0, 0, 0, 8, 1, 0, 0, 0])]), 'data-offset'],
    ['an unknown frame type', Buffer.concat([HEADER, Buffer.from([0, 0, 0, 8, 2, 9, 0, 0])]), 'frame-type'],
    ['a channel over the limit', Buffer.concat([HEADER, Buffer.from([0, 0, 0, 8, 2, 0, 0xff, 0xff])]), 'channel'],
    ['a count bomb', Buffer.concat([HEADER, frameOf(Buffer.from([0, 0x53, 0x10, 0xd0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]))]), 'structure'],
    [
      'a zero-width array bomb',
      Buffer.concat([HEADER, frameOf(Buffer.from([0, 0x53, 0x12, 0xc0, 12, 1, 0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40]))]),
      'structure',
    ],
    ['deep nesting', Buffer.concat([HEADER, frameOf(Buffer.alloc(3000, 0))]), 'structure'],
    ['a performative that is no list', Buffer.concat([HEADER, frameOf(Buffer.from([0, 0x53, 0x10, 0x43]))]), 'structure'],
    ['an unknown performative', Buffer.concat([HEADER, frameOf(Buffer.from([0, 0x53, 0x77, 0x45]))]), 'structure'],
  ])('stops %s', (_name, bytes, fault) => {
    const { socket, violations, bytes: passed } = guarded()
    socket.emit('data', bytes)
    expect(violations.map(one => one.fault)).toEqual([fault])
    expect(socket.destroyed).toBe(true)
    const before = passed().length
    socket.emit('data', stream())
    expect(passed().length).toBe(before)
    expect(violations).toHaveLength(1)
  })

  it('tells another protocol by its first differing byte', () => {
    const { socket, violations } = guarded()
    socket.emit('data', Buffer.from('H'))
    expect(violations[0]).toMatchObject({ fault: 'protocol-header', header: Buffer.from('H') })
  })

  it('ends a handshake that takes too long or too many bytes', () => {
    const slow = guarded()
    timers.at(-1)!()
    expect(slow.violations[0]?.fault).toBe('handshake-time')
    const wordy = guarded({ ...guardLimits, handshakeBytes: 1000 })
    wordy.socket.emit('data', HEADER)
    for (let i = 0; i < 200; i++) wordy.socket.emit('data', Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]))
    expect(wordy.violations.map(one => one.fault)).toEqual(['handshake-bytes'])
  })

  it('survives mutated streams with at most one frame in memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (changes, step) => {
          const { socket, violations } = guarded()
          const bytes = stream()
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          for (let at = 0; at < bytes.length; at += step) socket.emit('data', bytes.subarray(at, at + step))
          expect(violations.length).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('FrameSplitter', () => {
  it('holds less than one frame of the limit', () => {
    const splitter = new FrameSplitter({ maxFrameSize: 512, channelMax: 10 }, { header() {}, frame() {}, violation() {} })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), bytes => {
        splitter.push(Buffer.from(bytes))
        expect(splitter.pendingBytes).toBeLessThan(512)
      }),
    )
  })
})

describe('what is written through a guard', () => {
  it('leaves in one system call where it is written in one go', async () => {
    const calls: string[] = []
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        calls.push(chunk.toString())
        done()
      },
      writev: (chunks, done) => {
        calls.push(chunks.map(({ chunk }) => String(chunk)).join('+'))
        done()
      },
    })
    const guard = guardSocket(socket as Socket, guardLimits, time, () => undefined)
    for (const frame of ['a', 'b', 'c']) guard.write(Buffer.from(frame))
    expect(calls).toEqual([])
    await new Promise<void>(resolve => setImmediate(resolve))
    guard.write(Buffer.from('d'))
    await new Promise<void>(resolve => setImmediate(resolve))
    expect(calls).toEqual(['a+b+c', 'd'])
    // What was written in the turn of the end goes before it.
    guard.write(Buffer.from('e'))
    guard.end()
    await new Promise<void>(resolve => socket.once('finish', resolve))
    expect(calls).toEqual(['a+b+c', 'd', 'e'])
  })
})

describe('checkValue', () => {
  it('accepts only what decodes within its bytes, in linear time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), raw => {
        const bytes = Buffer.from(raw)
        const end = checkValue(bytes, 0, bytes.length)
        if (end < 0) return
        const reader = new FrameReader().reset(bytes, 0, end)
        reader.value()
        expect(reader.at).toBe(end)
      }),
      { numRuns: 2000 },
    )
  })

  it('knows what the writer writes', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.boolean(), fc.uint8Array({ maxLength: 400 }), (text, number, flag, binary) => {
        const bytes = encodeValue(out => {
          out.openList(0x10)
          out.string(text)
          out.uint(number)
          out.flag(flag)
          out.binary(binary)
          out.ulong(number)
          out.nil()
          out.closeList()
        })
        expect(checkValue(bytes, 0, bytes.length)).toBe(bytes.length)
        const reader = new FrameReader().reset(bytes, 0, bytes.length)
        expect(reader.openList()).toBe(0x10)
        expect(reader.field()).toBe(text)
        expect(reader.uint()).toBe(number)
        expect(reader.flag()).toBe(flag)
        expect(Buffer.compare(reader.binary()!, binary)).toBe(0)
        expect(reader.uint()).toBe(number)
      }),
    )
  })
})
