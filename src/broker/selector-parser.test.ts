import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeValue } from '../amqp/amqp-writer.js'
import { Message } from './message.js'
import { Refusal } from './refusal.js'
import { parseSelector } from './selector-parser.js'

const text = (value: string): Buffer => encodeValue(out => out.string(value))
const encode = (value: string | number | boolean | null): Buffer => {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'boolean') return Buffer.from([value ? 0x41 : 0x42])
  if (value === null) return Buffer.from([0x40])
  const bytes = Buffer.alloc(9, 0x82)
  bytes.writeDoubleBE(value, 1)
  return bytes
}

const message = (properties: Readonly<Record<string, string | number | boolean | null>>, subject = ''): Message => {
  const pairs = Object.entries(properties).flatMap(([key, value]) => [text(key), encode(value)])
  const body = Buffer.concat(pairs)
  const map = Buffer.alloc(12)
  map.set([0, 0x53, 0x74, 0xd1])
  map.writeUInt32BE(body.length + 4, 4)
  map.writeUInt32BE(pairs.length, 8)
  const head = encodeValue(out => {
    out.openList(0x70)
    out.flag(true)
    out.ubyte(7)
    out.closeList()
    out.openList(0x73)
    for (let i = 0; i < 3; i++) out.nil()
    out.string(subject)
    out.closeList()
  })
  return new Message(Buffer.concat([head, map.subarray(0, 12), body]), 0)
}

const sample = message({ room: 'attic', celsius: 21.5, open: true, name: "O'Hara_1", missing: null }, 'reading')

describe('parseSelector', () => {
  it.each([
    ["room = 'attic'", true],
    ["room <> 'attic'", false],
    ["room = 'attic' AND celsius > 20", true],
    ["room = 'hall' or celsius BETWEEN 21 AND 22", true],
    ['NOT open', false],
    ['open = TRUE', true],
    ['celsius * 2 + 1 = 44', true],
    ['-celsius < -21', true],
    ["room IN ('hall', 'attic')", true],
    ["room NOT IN ('hall', 'attic')", false],
    ["name LIKE 'O''H%'", true],
    ["name LIKE '%!_1' ESCAPE '!'", true],
    ["room LIKE 'at_ic'", true],
    ["room LIKE 'at_c'", false],
    ['missing IS NULL', true],
    ['room IS NOT NULL', true],
    ['absent > 3', false],
    ['NOT (absent > 3)', false],
    ['absent > 3 OR open', true],
    ["room > 'a'", false],
    ['JMSPriority = 7', true],
    ["JMSDeliveryMode = 'PERSISTENT'", true],
    ["JMSType = 'reading'", true],
    ['celsius = 2.15e1', true],
  ])('%s is %s', (selector, expected) => {
    expect(parseSelector(selector).matches(sample)).toBe(expected)
  })

  it.each([
    '',
    'room =',
    "room = 'open",
    'room ~ 3',
    '(celsius > 3',
    'celsius BETWEEN 3',
    'room NOT 3',
    'a b',
    'room LIKE 3',
    `${'('.repeat(80)}a${')'.repeat(80)}`,
  ])('refuses %s with its place', selector => {
    expect(() => parseSelector(selector)).toThrow(Refusal)
    expect(() => parseSelector(selector)).toThrow(/MR704.* at \d+: /)
  })

  it('agrees with three-valued logic on random conditions', () => {
    type Condition = { readonly text: string; readonly value: boolean | null }
    const leaf = fc.constantFrom<Condition>(
      { text: 'open', value: true },
      { text: 'celsius > 30', value: false },
      { text: 'absent = 1', value: null },
      { text: "room IN ('attic')", value: true },
    )
    const { tree } = fc.letrec<{ tree: Condition }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(tie('tree'), tie('tree'), fc.constantFrom('AND', 'OR')).map(([a, b, word]) => {
          const strong = word === 'OR'
          const value = a.value === strong || b.value === strong ? strong : a.value === null || b.value === null ? null : !strong
          return { text: `(${a.text} ${word} ${b.text})`, value }
        }),
        tie('tree').map(a => ({ text: `NOT (${a.text})`, value: a.value === null ? null : !a.value })),
      ),
    }))
    fc.assert(
      fc.property(tree, condition => {
        expect(parseSelector(condition.text).matches(sample)).toBe(condition.value === true)
      }),
    )
  })

  it('never throws anything but a refusal, and never hangs', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: fc.constantFrom(..."ab1 (),.'%_<>=-+*/NOTANDIL") }), selector => {
        try {
          parseSelector(selector).matches(sample)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
