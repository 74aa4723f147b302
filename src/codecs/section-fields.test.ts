import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotation, applicationProperty, property, schema, text } from '../model/fields.js'
import { amqp, chunkOf } from './amqp-fixture.js'
import { json } from './json.js'
import { rowsOf } from './rows-fixture.js'

const S = schema({
  room: text().from(applicationProperty('room')),
  site: text().from(applicationProperty('site')).nullable(),
  origin: text().from(annotation('x-opt-origin')).nullable(),
})
const body = amqp.data('{}')
const map8 = (count: number, content: readonly number[]): number[] => [0xc1, content.length + 1, count, ...content]
const map32 = (count: number, content: readonly number[]): number[] => [0xd1, 0, 0, 0, content.length + 4, 0, 0, 0, count, ...content]

/** Codes of rejections and rows of one message a map. */
function outcome(section: number, maps: readonly number[][]): unknown {
  const room = amqp.section(0x74, map32(2, [...amqp.str('room'), ...amqp.str('a')]))
  const messages = maps.map(map =>
    section === 0x74 ? [...amqp.section(0x74, map), ...body] : [...amqp.section(0x72, map), ...room, ...body],
  )
  const { rows, rejected, messages: which } = rowsOf(json(S), chunkOf(messages))
  return { rows, which, rejected: rejected.map(({ message, code, path, reason }) => ({ message, code, path, reason })) }
}

const key = fc.constantFrom(
  amqp.str('room'),
  amqp.str('site'),
  amqp.str('x-opt-origin'),
  amqp.str('roo'),
  amqp.str(''),
  amqp.sym('room'),
  amqp.int(1),
)
const value = fc.constantFrom(
  ...[amqp.str('a'), amqp.str('b'), amqp.str(''), amqp.str('küche'), amqp.str32('c'), amqp.sym('s')],
  ...[amqp.int(7), amqp.double(1.5), amqp.true, amqp.null, amqp.list(), amqp.bin([1]), [0xa1, 1, 0xff], [0xa1, 9]],
)
const content = fc.array(fc.tuple(key, value), { maxLength: 4 }).map(pairs => ({ count: 2 * pairs.length, bytes: pairs.flat(2) }))
const mutated = fc
  .tuple(
    content,
    fc.array(fc.tuple(fc.nat(), fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x40, 0xa1)), fc.boolean()), { maxLength: 2 }),
    fc.integer({ min: -1, max: 1 }),
  )
  .map(([{ count, bytes }, changes, more]) => {
    const now = [...bytes]
    for (const [where, byte, drop] of changes) now.splice(where % Math.max(1, now.length), 1, ...(drop ? [] : [byte]))
    return { count: Math.max(0, count + more), bytes: now }
  })

describe('fields of application properties and annotations', () => {
  it.each([0x72, 0x74])('a small map is judged as a large one of the same content: 0x%s', section => {
    let rowsSeen = 0
    fc.assert(
      fc.property(fc.array(fc.oneof(content, mutated), { minLength: 1, maxLength: 4 }), maps => {
        const small = outcome(
          section,
          maps.map(({ count, bytes }) => map8(count, bytes)),
        )
        expect(small).toEqual(
          outcome(
            section,
            maps.map(({ count, bytes }) => map32(count, bytes)),
          ),
        )
        rowsSeen += (small as { rows: unknown[] }).rows.length
      }),
      { numRuns: 1_500 },
    )
    expect(rowsSeen).toBeGreaterThan(100)
  })

  it('refuses an odd count, a key twice, a map longer than its members', () => {
    const room = [...amqp.str('room'), ...amqp.str('a')]
    const site = [...amqp.str('site'), ...amqp.str('b')]
    const codes = [map8(4, [...room, ...site]), map8(3, [...room, ...site]), map8(4, [...room, ...room]), map8(2, [...room, ...site])].map(
      map => (outcome(0x74, [map]) as { rejected: { code: string }[] }).rejected[0]?.code,
    )
    expect(codes).toEqual([undefined, 'MR212', 'MR215', 'MR212'])
  })
})

describe('fields of the properties', () => {
  it('reads texts of any encoding, and one place into two fields', () => {
    const T = schema({
      subject: text().from(property('subject')).nullable(),
      again: text().from(property('subject')).nullable(),
      user: text().from(property('user-id')).nullable(),
      to: text().from(property('to')).nullable(),
    })
    const list = (...items: number[][]) => [...amqp.section(0x73, amqp.list(...items)), ...body]
    const messages = [
      list(amqp.null, amqp.bin([0x75]), amqp.str('q'), amqp.str('s')),
      list(amqp.null, amqp.null, amqp.null, amqp.str32('küche')),
      list(amqp.null, amqp.bin([0xff])),
      list(amqp.null, amqp.null, amqp.int(5)),
      list(amqp.null, amqp.null, amqp.sym('y')),
    ]
    const { rows, rejected } = rowsOf(json(T), chunkOf(messages))
    expect(rows).toEqual([
      { subject: 's', again: 's', user: 'u', to: 'q' },
      { subject: 'küche', again: 'küche', user: null, to: null },
      { subject: null, again: null, user: null, to: 'y' },
    ])
    expect(rejected).toMatchObject([
      { message: 2, code: 'MR203', path: 'properties.user-id' },
      { message: 3, code: 'MR203', path: 'properties.to' },
    ])
  })
})
