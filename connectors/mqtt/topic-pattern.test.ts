import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TopicPattern } from './topic-pattern.js'

const utf8 = new TextEncoder()

/** The rules of MQTT 3.1.1 §4.7 as a regular expression, independent of the matcher's way over bytes. */
function regular(filter: string): RegExp {
  const escaped = (level: string) => level.replace(/[.*?^${}()|[\]\\]/g, '\\$&')
  const levels = filter.split('/')
  const dollar = /^[+#]/.test(filter) ? '(?!\\$)' : ''
  const rest = levels.at(-1) === '#'
  const fixed = (rest ? levels.slice(0, -1) : levels).map(level => (level === '+' ? '[^/]*' : escaped(level)))
  const tail = rest ? (fixed.length === 0 ? '.*' : '(?:/.*)?') : ''
  return new RegExp(`^${dollar}${fixed.join('/')}${tail}$`, 'su')
}

const level = fc.constantFrom('a', 'b', 'ü', '', '$SYS', 'ab')
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.constantFrom(['#'], ['a'], ['+'], ['']))
  .map(([levels, last]) => [...levels, ...last].join('/'))
  .filter(text => text !== '')
const topic = fc
  .array(level, { minLength: 1, maxLength: 5 })
  .map(levels => levels.join('/'))
  .filter(text => text !== '')

describe('TopicPattern', () => {
  test('matches as the standard says', () => {
    fc.assert(
      fc.property(filter, topic, fc.nat(4), (pattern, name, before) => {
        const bytes = utf8.encode(`${'x'.repeat(before)}${name}/x`)
        const end = bytes.length - 2
        expect(new TopicPattern(pattern).match(bytes, before, end)).toBe(regular(pattern).test(name))
      }),
      { numRuns: 1_000 },
    )
  })

  test('tells the named levels, and asks the broker for the filter without their names', () => {
    const pattern = new TopicPattern('sensors/+room/+/+device/#')
    expect(pattern.filter).toBe('sensors/+/+/+/#')
    expect(pattern.names).toEqual(['room', 'device'])
    const bytes = utf8.encode('sensors/Küche/x//temperature/1')
    expect(pattern.match(bytes, 0, bytes.length)).toBe(true)
    const level = (i: number) => new TextDecoder().decode(bytes.subarray(pattern.starts[i], pattern.ends[i]))
    expect([level(0), level(1)]).toEqual(['Küche', ''])
  })

  test.each([
    ['', 'is empty'],
    ['a/#/b', "has '#' before its end"],
    ['a#', "has 'a#' as a level"],
    ['a/b+', "has 'b+' as a level"],
    ['a/+1x', "has '+1x' as a level"],
    ['+a/+a', "names two levels 'a'"],
    ['$share/g/a', "give `share: 'group'`"],
    ['a\0b', 'contains NUL'],
    ['ü'.repeat(40_000), 'is longer than 65535 bytes'],
  ])('refuses %s', (pattern, why) => {
    expect(() => new TopicPattern(pattern)).toThrow(why)
  })
})
