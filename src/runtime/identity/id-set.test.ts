import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Chunk } from '../../model/chunk.js'
import type { State } from '../../model/state.js'
import { hash128 } from './hash-128.js'
import { messagesAnId } from './id-generation.js'
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
const message = fc.record({ id: fc.nat(30), body: fc.nat(4) })

/** What the set promises, in maps and without hashes. */
class Oracle {
  readonly #bounds: { readonly ids: number; readonly ms: number }
  #generations: { readonly began: number; count: number; readonly bodies: Map<number, Set<number>> }[] = []

  constructor(bounds: { readonly ids: number; readonly ms: number }) {
    this.#bounds = bounds
  }

  judge(id: number, body: number, stream: number): 'new' | 'duplicate' | 'reused' {
    const { ids, ms } = this.#bounds
    const current = this.#generations[0]
    if (!current || current.count >= ids || stream - current.began >= ms) {
      const kept = current && stream - current.began < 2 * ms ? [current] : []
      this.#generations = [{ began: stream, count: 0, bodies: new Map() }, ...kept]
    }
    const known = this.#generations.map(({ bodies }) => bodies.get(id))
    const newest = this.#generations[0]!
    if (!known[0]?.has(body)) {
      newest.count++
      newest.bodies.set(id, new Set([...(known[0] ?? []), body]))
    }
    if (known.some(bodies => bodies?.has(body))) return 'duplicate'
    return known.some(bodies => bodies) ? 'reused' : 'new'
  }
}

type Step =
  | { readonly do: 'judge'; readonly messages: readonly { readonly id: number; readonly body: number }[]; readonly ms: number }
  | { readonly do: 'capture'; readonly saved: boolean }
  | { readonly do: 'restart' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('judge'), messages: fc.array(message, { maxLength: 30 }), ms: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('capture'), saved: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
)

test('over rotations, saves that fail or succeed, and restarts it judges as one that was never stopped, and as maps do', () => {
  const bounds = { ids: 25, ms: 100 }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const oracle = new Oracle(bounds)
      const steady = new IdSet({ key: 7, ...bounds })
      let set = new IdSet({ key: 7, ...bounds })
      let stream = 0
      /** The snapshot that was saved last, with its side files, and what was judged after it. */
      let saved: { readonly state: State; readonly sides: readonly { readonly entry: number; readonly bytes: Uint8Array }[] } | undefined
      let tail: { readonly chunk: Chunk; readonly stream: number; readonly entry: number }[] = []
      steps.forEach((next, index) => {
        const entry = index + 1
        if (next.do === 'judge') {
          stream += next.ms
          const chunk = chunkOf(next.messages)
          tail.push({ chunk, stream, entry })
          const wanted = next.messages.map(({ id, body }) => oracle.judge(id, body, stream))
          for (const judged of [set.judge('s', identity, chunk, stream, entry), steady.judge('s', identity, chunk, stream, entry)]) {
            expect([...(judged.omit ?? new Uint8Array(chunk.length))]).toEqual(wanted.map(seen => (seen === 'duplicate' ? 1 : 0)))
            expect(judged.reused).toBe(wanted.filter(seen => seen === 'reused').length)
            expect(judged.duplicates).toBe(wanted.filter(seen => seen === 'duplicate').length)
          }
        } else if (next.do === 'capture') {
          const { state, side, from } = structuredClone(set.snapshot())
          if (!next.saved) return
          set.saved()
          saved = { state, sides: [...(saved?.sides ?? []).filter(older => older.entry >= from), { entry, bytes: side }] }
          tail = []
        } else {
          set = new IdSet({ key: saved ? 99 : 7, ...bounds })
          if (saved)
            set.restore(
              saved.state,
              saved.sides.map(({ bytes }) => bytes),
            )
          for (const past of tail) set.judge('s', identity, past.chunk, past.stream, past.entry)
          expect(set.size).toBe(steady.size)
        }
      })
    }),
    { numRuns: 300 },
  )
})

test('a capture holds what came since the last one that was saved, 24 bytes an id', () => {
  const set = new IdSet({ key: 1 })
  const ids = (from: number, count: number) => chunkOf(Array.from({ length: count }, (_, i) => ({ id: from + i, body: 0 })))
  set.judge('s', identity, ids(0, 20_000), 0, 5)
  expect(set.snapshot()).toMatchObject({ from: 5, side: { length: 480_000 } })
  set.judge('s', identity, ids(20_000, 5), 0, 6)
  expect(set.snapshot().side).toHaveLength(480_120)
  set.saved()
  set.judge('s', identity, ids(0, 10), 0, 7)
  expect(set.snapshot().side).toHaveLength(0)
  expect(JSON.stringify(set.snapshot().state).length).toBeLessThan(100)
})

test('a side that is missing or torn is refused, and the set is as it was', () => {
  const set = new IdSet({ key: 1 })
  const one = chunkOf([{ id: 1, body: 0 }])
  set.judge('s', identity, one, 0, 1)
  const { state, side } = set.snapshot()
  const other = new IdSet({ key: 2 })
  for (const sides of [[], [side.subarray(0, 23)], [side.subarray(1)], [side, Uint8Array.of(1)]]) {
    expect(() => other.restore(state, sides)).toThrowError(expect.objectContaining({ code: 'MR420' }))
  }
  expect(other.judge('s', identity, one, 0, 1).duplicates).toBe(0)
})

test('messages of two devices with one counter hide neither each other nor their redeliveries', () => {
  const set = new IdSet({ key: 1 })
  const both = chunkOf([
    { id: 1, body: 10 },
    { id: 1, body: 20 },
  ])
  expect(set.judge('s', identity, both, 0, 1)).toMatchObject({ duplicates: 0, reused: 1 })
  expect(set.judge('s', identity, both, 0, 2)).toMatchObject({ duplicates: 2, reused: 0 })
})

test('a device that gives all its messages one id costs no more with each, and the newest of them are known', () => {
  const set = new IdSet({ key: 1 })
  const all = Array.from({ length: 50_000 }, (_, body) => ({ id: 1, body }))
  expect(set.judge('s', identity, chunkOf(all), 0, 1)).toMatchObject({ duplicates: 0, reused: 49_999 })
  expect(set.judge('s', identity, chunkOf(all.slice(-messagesAnId)), 0, 2).duplicates).toBe(messagesAnId)
})

test('it remembers the bound at least, and twice the bound at most', () => {
  const set = new IdSet({ key: 1, ids: 100 })
  const all = Array.from({ length: 1000 }, (_, id) => ({ id, body: 0 }))
  set.judge('s', identity, chunkOf(all), 0, 1)
  expect(set.size).toBeLessThanOrEqual(200)
  expect(set.judge('s', identity, chunkOf(all.slice(-100)), 0, 1).duplicates).toBe(100)
  expect(set.judge('s', identity, chunkOf(all.slice(0, 50)), 0, 1).duplicates).toBe(0)
})

test('ids go out of date on the stream clock; ids of two sources are unrelated', () => {
  const set = new IdSet({ key: 1, ms: 1000 })
  const one = chunkOf([{ id: 1, body: 0 }])
  set.judge('s', identity, one, 0, 1)
  expect(set.judge('t', identity, one, 0, 1).duplicates).toBe(0)
  expect(set.judge('s', identity, one, 999, 1).duplicates).toBe(1)
  expect(set.judge('s', identity, one, 5000, 1).duplicates).toBe(0)
})

test('the hash is MurmurHash3 x86 128', () => {
  const words = (text: string, seed: number) => {
    const out = new Uint32Array(4)
    const bytes = Buffer.from(text)
    hash128(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, seed, out)
    return [...out].map(word => word.toString(16).padStart(8, '0')).join('')
  }
  // Published vectors of the reference implementation.
  expect(words('', 0)).toBe('00000000000000000000000000000000')
  expect(words("I will not buy this tobacconist's, it is scratched.", 0)).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e')
})
