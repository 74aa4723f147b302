import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotation, applicationProperty, boolean, header, integer, number, property, schema, text, timestamp } from '../model/fields.js'
import { amqp, bodies, chunkOf } from './amqp-fixture.js'
import { AmqpFault, AmqpValueReader } from './amqp-value.js'
import { convert, skip } from './convert.js'
import { csv } from './csv.js'
import type { DecoderSpec } from './decoder.js'
import { json } from './json.js'
import { raw } from './raw.js'
import { rowsOf } from './rows-fixture.js'
import { sparkBody, sparkJson } from './spark.js'
import { value } from './value.js'
import { valueText } from './value-text.js'

const S = schema({
  n: number().at('d.n').nullable(),
  t: text().nullable(),
  at: timestamp().nullable(),
  room: text().from(applicationProperty('room')).nullable(),
  a: integer().from(annotation('x-opt-a')).nullable(),
  id: text().from(property('message-id')).nullable(),
  user: text().from(property('user-id')).nullable(),
  durable: boolean().from(header('durable')),
})
const everything = convert(S, message => {
  for (const read of [message.body, message.properties, message.applicationProperties, message.annotations, message.header]) void read
  return skip()
})
const decoders: readonly DecoderSpec<unknown>[] = [
  json(S),
  value(S),
  valueText(schema({ t: text(), room: text().from(applicationProperty('room')).nullable() }), 't'),
  everything,
  raw(),
  sparkBody(),
  sparkJson(),
  csv(schema({ n: number(), t: text().nullable() }), ['n', 't']),
]

const whole = [
  ...amqp.section(0x70, amqp.list(amqp.true, [0x50, 4])),
  ...amqp.section(0x71, amqp.map([amqp.sym('x'), amqp.int(1)])),
  ...amqp.section(0x72, amqp.map([amqp.sym('x-opt-a'), amqp.int(1)])),
  ...amqp.properties({ 'message-id': amqp.str('m'), 'user-id': amqp.bin([97]), 'creation-time': amqp.timestamp(1) }),
  ...amqp.applicationProperties({ room: amqp.str('a'), other: amqp.double(1) }),
]
const seeds = [
  [...whole, ...amqp.data('{"d":{"n":1.5},"t":"x","at":"2026-01-01T00:00:00Z"}')],
  [
    ...whole,
    ...amqp.value(
      amqp.map(
        [amqp.str('d'), amqp.map([amqp.str('n'), amqp.int(3)])],
        [amqp.str('t'), amqp.str('x')],
        [amqp.str('l'), amqp.list(amqp.null, [0xe0, 4, 2, 0x54, 5, 6])],
      ),
    ),
  ],
  [...whole, ...amqp.section(0x76, amqp.list(amqp.int(1), [0x00, 0x53, 1, 0x40])), ...amqp.section(0x78, amqp.map())],
]

function survives(messages: readonly (readonly number[] | Uint8Array)[], encoding: 'amqp' | 'body' = 'amqp'): void {
  for (const decoder of decoders) {
    const { rows, rejected, skipped } = rowsOf(decoder, chunkOf(messages, encoding))
    expect(rows.length + rejected.length + skipped).toBe(messages.length)
  }
}

describe('hostile messages', () => {
  it('the seeds themselves are well formed', () => {
    expect(rowsOf(everything, chunkOf(seeds))).toMatchObject({ skipped: seeds.length, rejected: [] })
    expect(rowsOf(json(S), chunkOf(seeds.slice(0, 1))).rows).toEqual([
      { n: 1.5, t: 'x', at: Date.UTC(2026, 0), room: 'a', a: 1, id: 'm', user: 'a', durable: true },
    ])
  })

  it('random bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('amqp' as const, 'body' as const),
        survives,
      ),
      { numRuns: 300 },
    )
  })

  it('mutated messages never throw, and never disturb their neighbours', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x00, 0x45, 0x80, 0xb0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0, 0xff)),
      fc.constantFrom('set', 'insert', 'drop', 'cut'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }), (seed, changes) => {
        let now = [...seed]
        for (const [where, byte, how] of changes) {
          const at = where % Math.max(1, now.length)
          if (how === 'set') now[at] = byte
          else if (how === 'insert') now.splice(at, 0, byte)
          else if (how === 'drop') now.splice(at, 1)
          else now = now.slice(0, at)
        }
        survives([seeds[0]!, now, seeds[0]!])
        expect(rowsOf(json(S), chunkOf([seeds[0]!, now, seeds[0]!])).messages).toEqual(expect.arrayContaining([0, 2]))
      }),
      { numRuns: 1_500 },
    )
  })

  it('every cut of a message is refused or read, never more', () => {
    survives(Array.from({ length: seeds[1]!.length }, (_, cut) => seeds[1]!.slice(0, cut)))
  })
})

describe('declared sizes', () => {
  const read = (...bytes: number[]): unknown => new AmqpValueReader().open(Uint8Array.from(bytes), 0, bytes.length).read()
  const kind = (...bytes: number[]): string => {
    try {
      read(...bytes)
    } catch (fault) {
      if (fault instanceof AmqpFault) return fault.kind
      throw fault
    }
    return 'read'
  }

  it('counts are checked against the bytes left', () => {
    expect(kind(0xd0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff)).toBe('limit')
    expect(kind(0xd1, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xfe)).toBe('limit')
    expect(kind(0xb0, 0xff, 0xff, 0xff, 0xff)).toBe('malformed')
  })

  it('arrays of width 0 cost no more elements than the message has bytes', () => {
    expect(kind(0xf0, 0, 0, 0, 5, 0, 0x98, 0x96, 0x80, 0x40)).toBe('limit')
    expect(read(0xf0, 0, 0, 0, 5, 0, 0, 0, 3, 0x40)).toEqual([null, null, null])
    // Many of them in one list share the bound.
    const small = [0xe0, 2, 200, 0x40]
    expect(kind(0xd0, 0, 0, 1, 0x94, 0, 0, 0, 100, ...Array(100).fill(small).flat())).toBe('limit')
    // Arrays of arrays of width 0.
    expect(kind(0xf0, 0, 0, 0, 17, 0, 0, 0, 2, 0xf0, 0, 0, 0, 5, 0, 1, 0, 0, 0x40, 0, 0, 0, 5, 0, 1, 0, 0, 0x40)).toBe('limit')
  })

  it('depth ends at 64', () => {
    const nested = (levels: number): number[] => {
      let bytes = [0x45]
      for (let i = 0; i < levels; i++)
        bytes = [0xd0, 0, 0, 0, bytes.length + 4, 0, 0, 0, 1, ...bytes].map((byte, at) =>
          at === 3 ? (bytes.length + 4) >> 8 : at === 4 ? (bytes.length + 4) & 255 : byte,
        )
      return bytes
    }
    expect(kind(...nested(64))).toBe('read')
    expect(kind(...nested(65))).toBe('limit')
    expect(kind(...Array(5_000).fill(0x00))).toBe('limit')
    survives([amqp.value(Array(50_000).fill(0x00)), amqp.value(nested(500)), [...amqp.section(0x74, [0xc1, 3, 2, 0xa1, 0])]])
  })

  it('keys of Object.prototype are keys', () => {
    const map = read(...amqp.map([amqp.str('__proto__'), amqp.int(1)], [amqp.str('constructor'), amqp.int(2)])) as object
    expect(Object.getPrototypeOf(map)).toBe(null)
    expect(Object.keys(map)).toEqual(['__proto__', 'constructor'])
  })

  it('deep and open JSON costs one pass', () => {
    const { rejected } = rowsOf(json(S), bodies('['.repeat(200_000), `${'{"a":'.repeat(100_000)}1`, `"${'\\"'.repeat(100_000)}`))
    expect(rejected.map(({ code }) => code)).toEqual(['MR210', 'MR210', 'MR201'])
  })
})
