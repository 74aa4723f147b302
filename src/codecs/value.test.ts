import { describe, expect, it } from 'vitest'
import { applicationProperty, boolean, integer, number, schema, text, timestamp } from '../model/fields.js'
import { amqp, bodies, chunkOf } from './amqp-fixture.js'
import { convert } from './convert.js'
import { firstOf } from './first-of.js'
import { json } from './json.js'
import type { MessageDecoderSpec } from './message-decoder.js'
import { rowsOf } from './rows-fixture.js'
import { value } from './value.js'
import { valueText } from './value-text.js'

const S = schema({
  celsius: number({ unit: '°C' }).at('d.t'),
  n: integer().nullable(),
  at: timestamp('epoch-ms'),
  ok: boolean().nullable(),
})
const map = (...pairs: [string, number[]][]) =>
  amqp.value(amqp.map(...pairs.map(([key, item]): [number[], number[]] => [amqp.str(key), item])))
const t = (item: number[]): [string, number[]] => ['d', amqp.map([amqp.sym('t'), item])]
const at: [string, number[]] = ['at', amqp.timestamp(5)]

describe('value', () => {
  it('reads maps by key, nested, of all number types and AMQP timestamps', () => {
    const { rows, rejected } = rowsOf(
      value(S),
      chunkOf([
        map(['x', amqp.list(amqp.null)], t(amqp.double(21.5)), at, ['n', amqp.int(-3)], ['ok', amqp.true]),
        map(at, t(amqp.smallint(-2)), ['n', amqp.null]),
        map(t([0x72, 0x3f, 0x80, 0, 0]), ['at', amqp.ulong(7n)], ['n', [0x43]], ['ok', [0x56, 0]]),
      ]),
    )
    expect(rejected).toEqual([])
    expect(rows).toEqual([
      { celsius: 21.5, n: -3, at: 5, ok: true },
      { celsius: -2, n: null, at: 5, ok: null },
      { celsius: 1, n: 0, at: 7, ok: false },
    ])
  })

  it.each([
    ['a missing key', map(at), 'MR202', 'd.t'],
    ['a text', map(t(amqp.str('hot')), at), 'MR203', 'd.t'],
    ['a decimal', map(t([0x74, 0, 0, 0, 1]), at), 'MR203', 'd.t'],
    ['NaN', map(t(amqp.double(Number.NaN)), at), 'MR204', 'd.t'],
    ['an ulong beyond 2^53', map(t(amqp.int(1)), at, ['n', amqp.ulong(2n ** 53n)]), 'MR208', 'n'],
    ['a fraction', map(t(amqp.int(1)), at, ['n', amqp.double(0.5)]), 'MR208', 'n'],
    ['a list', amqp.value(amqp.list(amqp.int(1))), 'MR209', 'body'],
    ['a scalar', amqp.value(amqp.int(1)), 'MR209', 'body'],
    ['a data section', amqp.data('{}'), 'MR209', 'body'],
    ['no body', amqp.applicationProperties({}), 'MR209', 'body'],
    ['a key twice', map(t(amqp.int(1)), t(amqp.int(1)), at), 'MR215', 'body'],
    ['a time out of range', map(t(amqp.int(1)), ['at', amqp.timestamp(8.64e15 + 1)]), 'MR206', 'at'],
    ['a count beyond the bytes', amqp.value([0xd1, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xfe]), 'MR210', 'body'],
    [
      'an inner map that is longer than it says',
      amqp.value([0xc1, 12, 2, 0xa1, 1, 100, 0xc1, 4, 2, 0xa1, 1, 116, 0x54, 1]),
      'MR212',
      'body',
    ],
    ['a map with an odd count', amqp.value([0xc1, 2, 1, 0x40]), 'MR212', 'body'],
    ['a truncated map', amqp.value([0xc1, 9, 2, 0xa1]), 'MR212', undefined],
  ])('refuses %s', (_, message, code, path) => {
    const { rows, rejected } = rowsOf(value(S), chunkOf([message, map(t(amqp.int(1)), at)]))
    expect(rejected).toMatchObject([{ message: 0, code }])
    expect(rejected[0]!.path).toBe(path)
    expect(rows).toHaveLength(1)
  })

  it('reads a bare scalar into the one field of the body', () => {
    const one = schema({ room: text().from(applicationProperty('room')).nullable(), celsius: number() })
    const room = amqp.applicationProperties({ room: amqp.str('a') })
    const { rows, rejected } = rowsOf(
      value(one),
      chunkOf([amqp.value(amqp.int(21)), [...room, ...amqp.value(amqp.double(1.5))], amqp.value(amqp.str('21'))]),
    )
    expect(rows).toEqual([
      { room: null, celsius: 21 },
      { room: 'a', celsius: 1.5 },
    ])
    expect(rejected).toMatchObject([{ message: 2, code: 'MR203' }])
  })

  it('needs a field from the body', () => {
    expect(() => value(schema({ room: text().from(applicationProperty('room')) }))).toThrow(expect.objectContaining({ code: 'MR221' }))
  })
})

describe('valueText', () => {
  const one = schema({ celsius: integer({ unit: '°C' }), note: text().nullable() })

  it('reads the text of one value, as the Spark demos send it', () => {
    const { rows, rejected } = rowsOf(
      valueText(one, 'celsius'),
      chunkOf([amqp.value(amqp.str('23')), amqp.data('-7'), amqp.data('7 '), amqp.data(''), amqp.data('0x7'), amqp.value(amqp.int(1))]),
    )
    expect(rows.map(row => row['celsius'])).toEqual([23, -7])
    expect(rejected.map(({ code }) => code)).toEqual(['MR203', 'MR203', 'MR203', 'MR209'])
  })

  it('refuses a field that it cannot fill', () => {
    const two = schema({ a: number(), b: number() })
    expect(() => valueText(two, 'a')).toThrow(expect.objectContaining({ code: 'MR221' }))
  })
})

describe('firstOf', () => {
  const Device = schema({ device: text().at('device-id').nullable(), celsius: number().at('temperature') })

  it('takes the first decoder that does not reject', () => {
    const decode = firstOf(json(Device), valueText(Device, 'celsius'))
    const { rows, rejected } = rowsOf(
      decode,
      chunkOf([
        amqp.data('{"device-id":"d1","temperature":23}'),
        amqp.value(amqp.str('22')),
        amqp.data('21'),
        amqp.value(amqp.int(5)),
        amqp.data('x'),
      ]),
    )
    expect(rows).toEqual([
      { device: 'd1', celsius: 23 },
      { device: null, celsius: 22 },
      { device: null, celsius: 21 },
    ])
    expect(rejected.map(({ message, code }) => [message, code])).toEqual([
      [3, 'MR209'],
      [4, 'MR201'],
    ])
    expect(rejected[1]!.reason).toContain('; or: `celsius` is the text "x"')
    const throwing = convert(Device, () => {
      throw new RangeError('broken')
    })
    expect(rowsOf(firstOf(json(Device), throwing), bodies('x')).rejected).toMatchObject([
      { code: 'MR201', reason: expect.stringContaining('; or: the converter threw'), stack: expect.stringContaining('value.test.ts') },
    ])
  })

  it('reads each alternative in its own format', () => {
    const decode = firstOf(json(schema({ at: timestamp('epoch-s') })), json(schema({ at: timestamp() })))
    expect(rowsOf(decode, bodies('{"at":1.5}', '{"at":"1970-01-01T00:00:02Z"}')).rows).toEqual([{ at: 1500 }, { at: 2000 }])
  })

  it('refuses alternatives with other fields or types', () => {
    type Any = MessageDecoderSpec<unknown>[]
    const mixed = [json(schema({ a: number() })), json(schema({ a: text() }))] as unknown as Any
    expect(() => firstOf(...mixed)).toThrow(expect.objectContaining({ code: 'MR221' }))
    expect(() => firstOf(...([json(schema({ a: number() })), json(schema({ b: number() }))] as unknown as Any))).toThrow(
      expect.objectContaining({ code: 'MR221' }),
    )
  })
})
