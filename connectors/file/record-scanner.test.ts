import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordScanner } from './record-scanner.js'

const comma = 0x2c

type Found = readonly [text: string, line: number]

/** Records of a text that comes in parts, which leave the buffer once they are read. `anew`: nothing is remembered between two. */
function records(parts: readonly string[], anew: boolean, stuck: readonly boolean[] = []): readonly Found[] {
  let scanner = new RecordScanner(comma)
  let bytes = Buffer.alloc(0)
  const found: Found[] = []
  const take = (until: number, atEnd: boolean): boolean => {
    if (anew) {
      const { position, nextLine, skipping } = scanner
      scanner = new RecordScanner(comma, nextLine, skipping)
      scanner.position = position
    }
    const is = scanner.next(bytes, until, atEnd)
    if (is) found.push([bytes.toString('utf8', scanner.start, scanner.end), scanner.line])
    return is
  }
  for (const [i, part] of parts.entries()) {
    const used = scanner.position
    bytes = Buffer.concat([bytes.subarray(used), Buffer.from(part)])
    scanner.shift(used)
    while (take(bytes.length, i === parts.length - 1));
    // As a followed file gives up the first of the lines that wait.
    if (stuck[i] && bytes.indexOf('\n', scanner.position) >= 0) take(bytes.lastIndexOf('\n') + 1, true)
  }
  return found
}

describe('RecordScanner', () => {
  it('finds the same whatever it has gone before, over any cuts', () => {
    const text = fc.array(fc.constantFrom('"', ',', '\n', 'a', '""', 'a"b,"\n', '"x\n'), { maxLength: 30 }).map(all => all.join(''))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), fc.array(fc.boolean(), { maxLength: 5 }), (parts, stuck) => {
        expect(records(parts, false, stuck)).toEqual(records(parts, true, stuck))
      }),
      { numRuns: 2_000 },
    )
  })

  it('goes through lines that each leave a quote open once, not once for each of them', () => {
    const count = 150_000
    // Gone again for each line, these take minutes.
    const found = records(['a"b,"\n'.repeat(count)], false)
    expect(found).toHaveLength(count)
    expect(found.at(-1)).toEqual(['a"b,"', count])
  })
})
