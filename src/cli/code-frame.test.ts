import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { codeFrame } from './code-frame.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-frame-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The frame of line 2, and what stands under the mark. */
function framed(line: string, column: number, length?: number) {
  const file = join(folder, 'a.ts')
  writeFileSync(file, `first\n${line}\nlast\n`)
  const [head = '', text = '', mark = ''] = codeFrame({ file, line: 2, column, ...(length !== undefined && { length }) }).map(shown =>
    stripVTControlCharacters(shown),
  )
  const at = mark.indexOf('^')
  return { head, text, marked: text.slice(at, mark.lastIndexOf('^') + 1) }
}

describe('codeFrame', () => {
  it('shows file, line and column, and the line itself', () => {
    const { head, text } = framed('  a(b)', 3)
    expect(head).toMatch(/^ {2}┌─ .*a\.ts:2:3$/)
    expect(text).toBe('2│   a(b)')
  })

  it.each([
    ['where(r => r.celsius.gt(1)),', 7, 'r => r.celsius.gt(1)'],
    ['by: (r) => ({ room: r.room, x: f(",)") }), over', 5, '(r) => ({ room: r.room, x: f(",)") })'],
    ['  eventTime(r => r.ts)', 3, 'eventTime'],
    ["read('the rows', x)", 6, "'the rows'"],
    ['limit(12_000.5, x)', 7, '12_000.5'],
    ['größe.wert + 1', 1, 'größe.wert'],
    ['{ "line": 1 }', 1, '{'],
  ])('%s, column %i: underlines what begins there', (line, column, marked) => {
    expect(framed(line, column).marked).toBe(marked)
  })

  it.each([
    ["amqp({ url: 'amqp://me:p@s%40s@broker', x })", "amqp({ url: 'amqp://··········@broker', x })"],
    ["amqp({ user: 'me', password: 'p@ss', x })", "amqp({ user: 'me', password: '····', x })"],
    [
      'httpSink("h", { bearer: `abc`, url: "https://peer/in?key=abc&x=1" })',
      'httpSink("h", { bearer: `···`, url: "https://peer/in?···········" })',
    ],
    [
      "file({ path: 'a@b:c', url: 'https://peer/in' }) // 3 ? 'a' : 'b'",
      "file({ path: 'a@b:c', url: 'https://peer/in' }) // 3 ? 'a' : 'b'",
    ],
  ])('shows no password: %s', (line, shown) => {
    const { text, marked } = framed(line, line.indexOf('{'))
    expect(text).toBe(`2│ ${shown}`)
    expect(marked).toHaveLength(1)
  })

  it('underlines as much as it is told', () => {
    expect(framed('a.gt(1) && b', 1, 12).marked).toBe('a.gt(1) && b')
    expect(framed('\tint\tx', 2, 3).marked).toBe('int')
    expect(framed('a(b)\r', 3, 1).marked).toBe('b')
  })

  it('gives the place alone where there is no such line, no file, or a line that is no help', () => {
    expect(codeFrame({ file: join(folder, 'none.ts'), line: 1, column: 1 })).toHaveLength(1)
    writeFileSync(join(folder, 'short.ts'), 'one\n')
    expect(codeFrame({ file: join(folder, 'short.ts'), line: 9, column: 1 })).toHaveLength(1)
    writeFileSync(join(folder, 'long.ts'), 'x'.repeat(10_000))
    expect(codeFrame({ file: join(folder, 'long.ts'), line: 1, column: 5_000 })).toHaveLength(1)
    // Beyond the end of the line, the end of the line is meant.
    expect(codeFrame({ file: join(folder, 'short.ts'), line: 1, column: 99 })).toHaveLength(3)
  })
})
