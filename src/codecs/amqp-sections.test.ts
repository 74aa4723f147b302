import { describe, expect, it } from 'vitest'
import { amqp } from './amqp-fixture.js'
import { AmqpSections, bodyKind } from './amqp-sections.js'
import { AmqpUnsupported } from './amqp-unsupported.js'
import { AmqpDescribed, AmqpValueReader } from './amqp-value.js'

const located = (...bytes: number[]): AmqpSections => {
  const sections = new AmqpSections()
  // Other bytes before and behind: positions are absolute, offsets in errors are not.
  const buffer = Uint8Array.from([9, 9, ...bytes, 9])
  sections.locate(buffer, 2, 2 + bytes.length)
  return sections
}
const symbolic = (name: string): number[] => [0x00, 0xa3, name.length, ...new TextEncoder().encode(name)]

describe('AmqpSections', () => {
  it('finds every section, and the bare message between annotations and footer', () => {
    const header = amqp.section(0x70, [0x45])
    const annotations = amqp.section(0x72, amqp.map())
    const bare = [...amqp.properties({}), ...amqp.applicationProperties({}), ...amqp.data('abc'), ...amqp.data('de')]
    const sections = located(...header, ...annotations, ...bare, ...amqp.section(0x78, amqp.map()))
    expect(sections.fault).toBe('')
    expect(sections.header).toBe(2 + 3)
    expect(sections.deliveryAnnotations).toBe(-1)
    expect(sections.messageAnnotations).toBe(2 + header.length + 3)
    expect([sections.bareStart, sections.bareEnd]).toEqual([
      2 + header.length + annotations.length,
      2 + header.length + annotations.length + bare.length,
    ])
    expect(sections.body).toBe(bodyKind.data)
    const part = (i: number) => new TextDecoder().decode(sections.bytes.subarray(sections.parts[2 * i]!, sections.parts[2 * i + 1]!))
    expect([sections.partCount, part(0), part(1)]).toEqual([2, 'abc', 'de'])
  })

  it('reads descriptors in all their encodings', () => {
    expect(located(0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x77, 0x40).body).toBe(bodyKind.value)
    expect(located(...symbolic('amqp:data:binary'), 0xa0, 0).body).toBe(bodyKind.data)
    expect(located(...symbolic('amqp:amqp-sequence:list'), 0x45).body).toBe(bodyKind.sequence)
    expect(located().body).toBe(bodyKind.none)
  })

  it('keeps no more than it saw last', () => {
    const sections = new AmqpSections()
    const first = Uint8Array.from([...amqp.properties({}), ...amqp.data('x')])
    expect(sections.locate(first, 0, first.length)).toBe(true)
    const second = Uint8Array.from(amqp.value(amqp.null))
    expect(sections.locate(second, 0, second.length)).toBe(true)
    expect([sections.properties, sections.body, sections.partCount]).toEqual([-1, bodyKind.value, 1])
  })

  it.each([
    ['bytes that are no section', [1, 2, 3], 0],
    ['an unknown section', amqp.section(0x79, amqp.null), 0],
    ['a descriptor beyond 32 bits', [0x00, 0x80, 0, 0, 0, 1, 0, 0, 0, 0x77, 0x40], 0],
    ['sections out of order', [...amqp.properties({}), ...amqp.section(0x70, [0x45])], amqp.properties({}).length],
    ['a section given twice', [...amqp.section(0x70, [0x45]), ...amqp.section(0x70, [0x45])], 4],
    ['two amqp-values', [...amqp.value(amqp.null), ...amqp.value(amqp.null)], 4],
    ['data and value', [...amqp.data(''), ...amqp.value(amqp.null)], 8],
    ['data and sequence', [...amqp.data(''), ...amqp.section(0x76, [0x45])], 8],
    ['a list where a map belongs', amqp.section(0x74, [0x45]), 3],
    ['a string as data', amqp.section(0x75, amqp.str('x')), 3],
    ['an undefined constructor', amqp.value([0x46]), 0],
    ['a value beyond the end', amqp.value([0xa1, 5, 1]), 0],
    ['no value', [0x00, 0x53, 0x77], 0],
  ])('refuses %s', (_, bytes, at) => {
    const sections = located(...bytes)
    expect(sections.fault).not.toBe('')
    expect(sections.faultAt).toBe(at)
  })
})

describe('AmqpValueReader', () => {
  const read = (...bytes: number[]): unknown => new AmqpValueReader().open(Uint8Array.from([0, ...bytes]), 1, bytes.length + 1).read()

  // Part 1 §1.6, one for each constructor.
  it.each<[string, number[], unknown]>([
    ['null', [0x40], null],
    ['true', [0x41], true],
    ['false', [0x42], false],
    ['boolean', [0x56, 1], true],
    ['ubyte', [0x50, 255], 255],
    ['ushort', [0x60, 1, 2], 258],
    ['uint', [0x70, 255, 255, 255, 255], 4_294_967_295],
    ['smalluint', [0x52, 255], 255],
    ['uint0', [0x43], 0],
    ['ulong', [0x80, 0, 0x1f, 255, 255, 255, 255, 255, 255], Number.MAX_SAFE_INTEGER],
    ['ulong beyond 2^53', [0x80, 255, 255, 255, 255, 255, 255, 255, 255], 2n ** 64n - 1n],
    ['smallulong', [0x53, 255], 255],
    ['ulong0', [0x44], 0],
    ['byte', [0x51, 255], -1],
    ['short', [0x61, 255, 254], -2],
    ['int', [0x71, 128, 0, 0, 0], -2_147_483_648],
    ['smallint', [0x54, 128], -128],
    ['long', [0x81, 255, 255, 255, 255, 255, 255, 255, 255], -1],
    ['long beyond −2^53', [0x81, 128, 0, 0, 0, 0, 0, 0, 0], -(2n ** 63n)],
    ['smalllong', [0x55, 254], -2],
    ['float', [0x72, 0x3f, 0xc0, 0, 0], 1.5],
    ['double', [0x82, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
    ['decimal32', [0x74, 0, 0, 0, 0], new AmqpUnsupported('decimal32')],
    ['decimal64', [0x84, 0, 0, 0, 0, 0, 0, 0, 0], new AmqpUnsupported('decimal64')],
    ['decimal128', [0x94, ...Array(16).fill(0)], new AmqpUnsupported('decimal128')],
    ['char', [0x73, 0, 1, 0xf6, 0], '😀'],
    ['timestamp', [0x83, 0, 0, 0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00], new Date(1_700_000_000_000)],
    ['uuid', [0x98, ...Array.from({ length: 16 }, (_, i) => 16 * i + 1)], '01112131-4151-6171-8191-a1b1c1d1e1f1'],
    ['vbin8', [0xa0, 2, 0, 255], Uint8Array.of(0, 255)],
    ['vbin32', [0xb0, 0, 0, 0, 1, 7], Uint8Array.of(7)],
    ['str8', [0xa1, 2, 0xc3, 0xa9], 'é'],
    ['str32', [0xb1, 0, 0, 0, 1, 97], 'a'],
    ['sym8', [0xa3, 1, 97], 'a'],
    ['sym32', [0xb3, 0, 0, 0, 1, 97], 'a'],
    ['list0', [0x45], []],
    ['list8', [0xc0, 3, 2, 0x40, 0x41], [null, true]],
    ['list32', [0xd0, 0, 0, 0, 5, 0, 0, 0, 1, 0x43], [0]],
    ['map8', [0xc1, 5, 2, 0xa1, 1, 97, 0x41], Object.assign(Object.create(null), { a: true })],
    ['map32', [0xd1, 0, 0, 0, 8, 0, 0, 0, 2, 0xa3, 1, 97, 0x40], Object.assign(Object.create(null), { a: null })],
    ['array8', [0xe0, 4, 2, 0x50, 1, 2], [1, 2]],
    ['array32', [0xf0, 0, 0, 0, 9, 0, 0, 0, 2, 0xa1, 1, 97, 1, 98], ['a', 'b']],
    ['described', [0x00, 0xa3, 1, 100, 0x50, 1], new AmqpDescribed('d', 1)],
    ['array of described', [0xe0, 5, 2, 0x00, 0x53, 9, 0x41], [new AmqpDescribed(9, true), new AmqpDescribed(9, true)]],
  ])('%s', (_, bytes, wanted) => {
    expect(read(...bytes)).toEqual(wanted)
  })

  it.each<[string, number[]]>([
    ['an undefined constructor', [0x46]],
    ['a boolean of 2', [0x56, 2]],
    ['a char beyond Unicode', [0x73, 0, 0x11, 0, 0]],
    ['bad UTF-8', [0xa1, 1, 0xff]],
    ['a map with an odd count', [0xc1, 2, 1, 0x40]],
    ['a key twice', [0xc1, 9, 4, 0xa1, 1, 97, 0x40, 0xa1, 1, 97, 0x40]],
    ['a list that is shorter than it says', [0xc0, 3, 1, 0x40, 0x40]],
    ['a list whose elements leave it', [0xc0, 2, 1, 0x50, 7]],
    ['an array without a constructor', [0xe0, 1, 0]],
    ['no bytes', []],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(...bytes)).toThrow()
  })
})
