import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Chunk } from '../model/chunk.js'
import { hash128 } from './hash-128.js'
import { IdSet } from './id-set.js'
import { MessageIdentity } from './message-identity.js'

function chunkOf(messages: readonly { readonly id: number; readonly body: number }[]): Chunk {
  const parts = messages.map(message => Buffer.from(JSON.stringify(message)))
  const starts = new Int32Array(parts.length)
  const ends = new Int32Array(parts.length)
  let at = 0
  parts.forEach((part, i) => {
    starts[i] = at
    at += part.length
    ends[i] = at
  })
  return { encoding: 'body', partition: 0, bytes: Buffer.concat(parts), starts, ends, length: parts.length, receipt: 1 }
}

const identity = new MessageIdentity({ from: 'body', path: ['id'] })
const message = fc.record({ id: fc.nat(30), body: fc.nat(2) })

test('within the bound it judges as a map from id to the last body does, over snapshots too', () => {
  fc.assert(
    fc.property(fc.array(fc.array(message, { maxLength: 40 }), { maxLength: 10 }), fc.nat(9), (chunks, cut) => {
      let set = new IdSet({ key: 7 })
      const oracle = new Map<number, number>()
      chunks.forEach((messages, index) => {
        if (index === cut) {
          const state = structuredClone(set.snapshot())
          set = new IdSet({ key: 99 })
          set.restore(state)
        }
        let reused = 0
        const omit = messages.map(({ id, body }) => {
          const known = oracle.get(id)
          if (known !== undefined && known !== body) reused++
          oracle.set(id, body)
          return known === body ? 1 : 0
        })
        const judged = set.judge('s', identity, chunkOf(messages), 0)
        expect([...(judged.omit ?? new Uint8Array(messages.length))]).toEqual(omit)
        expect(judged.reused).toBe(reused)
        expect(judged.duplicates).toBe(omit.reduce<number>((sum, bit) => sum + bit, 0))
      })
    }),
  )
})

test('it remembers the bound at least, and twice the bound at most', () => {
  const set = new IdSet({ key: 1, ids: 100 })
  const all = Array.from({ length: 1000 }, (_, id) => ({ id, body: 0 }))
  set.judge('s', identity, chunkOf(all), 0)
  expect(set.size).toBeLessThanOrEqual(200)
  expect(set.judge('s', identity, chunkOf(all.slice(-100)), 0).duplicates).toBe(100)
  expect(set.judge('s', identity, chunkOf(all.slice(0, 50)), 0).duplicates).toBe(0)
})

test('ids go out of date on the stream clock; ids of two sources are unrelated', () => {
  const set = new IdSet({ key: 1, ms: 1000 })
  const one = chunkOf([{ id: 1, body: 0 }])
  set.judge('s', identity, one, 0)
  expect(set.judge('t', identity, one, 0).duplicates).toBe(0)
  expect(set.judge('s', identity, one, 999).duplicates).toBe(1)
  expect(set.judge('s', identity, one, 5000).duplicates).toBe(0)
})

test('the hash is MurmurHash3 x86 128', () => {
  const words = (text: string, seed: number) => {
    const out = new Uint32Array(4)
    const bytes = Buffer.from(text)
    hash128(bytes, 0, bytes.length, seed, out)
    return [...out].map(word => word.toString(16).padStart(8, '0')).join('')
  }
  // Published vectors of the reference implementation.
  expect(words('', 0)).toBe('00000000000000000000000000000000')
  expect(words("I will not buy this tobacconist's, it is scratched.", 0)).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e')
})
