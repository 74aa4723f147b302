import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wrapLine } from './wrap-line.js'

describe('wrapLine', () => {
  it('breaks between words and indents what follows', () => {
    expect(wrapLine('keys       space pause · l late burst', 30, 11)).toBe('keys       space pause · l\n           late burst')
    const address = 'http://192.168.1.20:8080/?token=00112233445566778899'
    expect(wrapLine(`guests     ${address} (wlan0)`, 40, 11)).toBe(`guests     ${address}\n           (wlan0)`)
  })

  it('leaves alone what fits, and what no terminal shows', () => {
    expect(wrapLine('a b c', 30, 2)).toBe('a b c')
    expect(wrapLine(`${'word '.repeat(50)}end`, undefined, 2)).not.toContain('\n')
    expect(wrapLine(`${'word '.repeat(50)}end`, 10, 2)).not.toContain('\n')
  })

  it('loses no word, keeps their order, and is never wider than the terminal but for a word that fits into no line', () => {
    const word = fc.stringMatching(/^[a-zé✓·]{1,50}$/)
    const painted = fc.tuple(word, fc.boolean()).map(([text, bold]) => (bold ? `\u001b[1m${text}\u001b[22m` : text))
    fc.assert(
      fc.property(
        fc.array(painted, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 30, max: 90 }),
        fc.nat(12),
        (words, columns, indent) => {
          const lines = wrapLine(words.join(' '), columns, indent).split('\n')
          expect(lines.flatMap(line => line.trim().split(/ +/))).toEqual(words)
          for (const [i, line] of lines.entries()) {
            const text = stripVTControlCharacters(line)
            if (i > 0) expect(text.search(/\S/)).toBe(indent)
            const longest = Math.max(
              ...text
                .trim()
                .split(/ +/)
                .map(one => one.length),
            )
            expect(text.length <= columns || longest + indent > columns).toBe(true)
          }
        },
      ),
    )
  })
})
