import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkPieces } from './chunk-pieces.js'

test('each message is of one piece, in order, but those that are left out in any case', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.boolean(),
      fc.infiniteStream(fc.integer({ min: 1, max: 20 })),
      (marks, any, sizes) => {
        const omit = any ? Uint8Array.from(marks, Number) : undefined
        const next = sizes[Symbol.iterator]()
        let size = next.next().value as number
        const seen: number[] = []
        let messages = 0
        let pieces = 0
        for (const piece of chunkPieces(marks.length, omit, () => size)) {
          for (let i = 0; i < marks.length; i++) if (piece.omit?.[i] !== 1) seen.push(i)
          expect(piece.messages).toBeLessThanOrEqual(size)
          messages += piece.messages
          pieces++
          size = next.next().value as number
        }
        expect(pieces).toBeGreaterThan(0)
        expect(messages).toBe(marks.length)
        expect(seen).toEqual(marks.flatMap((left, i) => (any && left ? [] : [i])))
      },
    ),
  )
})
