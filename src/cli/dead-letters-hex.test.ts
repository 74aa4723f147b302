import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexLines } from './dead-letters-hex.js'

test('bytes can be read back from their lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      const lines = hexLines(bytes)
      expect(lines).toHaveLength(Math.ceil(bytes.length / 16))
      const back = lines.flatMap(line => line.slice(10, 58).trim().split(/ +/))
      expect(back.map(byte => Number.parseInt(byte, 16))).toEqual([...bytes])
      for (const [i, line] of lines.entries()) {
        expect(line.startsWith((i * 16).toString(16).padStart(8, '0'))).toBe(true)
        expect(line.slice(60, -1)).toHaveLength(Math.min(16, bytes.length - i * 16))
      }
    }),
  )
  expect(hexLines(new TextEncoder().encode('{"a":1}\n'))).toEqual(['00000000  7b 22 61 22 3a 31 7d 0a                          |{"a":1}.|'])
})
