import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MillraceError } from '../model/errors/millrace-error.js'
import { decodeEntry } from './decode-entry.js'
import { describeEntry } from './describe-entry.js'
import { EntryEncoder } from './encode-entry.js'
import { chunkEntry } from './journal-fixture.js'

it('refuses by name whatever is no entry, at once', () => {
  const heads = fc.constantFrom(1, 2, 3, 4, 5, 16, 17, 18, 0).map(kind => Uint8Array.of(kind))
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 120 }), (head, rest) => {
      try {
        decodeEntry(Buffer.concat([head, rest]))
      } catch (error) {
        expect(error).toBeInstanceOf(MillraceError)
        expect(error).toMatchObject({ code: 'MR443' })
      }
    }),
    { numRuns: 3_000 },
  )
})

it('reads an entry wherever its bytes lie', () => {
  const parts = new EntryEncoder().encode(chunkEntry(3, ['one', 'two']), 3)
  const bytes = Buffer.concat(parts)
  for (let shift = 0; shift < 4; shift++) {
    const shifted = new Uint8Array(bytes.length + shift + 8).subarray(shift, shift + bytes.length)
    shifted.set(bytes)
    const { entry, item } = decodeEntry(shifted)
    if (item.kind !== 'chunk') return expect.unreachable()
    expect(entry).toBe(3)
    expect(Buffer.from(item.chunk.bytes.subarray(item.chunk.starts[1], item.chunk.ends[1])).toString()).toBe('two')
    // The six bytes before the first message are not kept.
    expect(item.chunk.starts[0]).toBe(0)
  }
})

it('a retry keeps the name of its letter beside its message', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (retryOf, text) => {
      const retried = { ...chunkEntry(3, [text]), retryOf }
      const bytes = Buffer.concat(new EntryEncoder().encode(retried, 3))
      expect(bytes[0]).toBe(4)
      const { item } = decodeEntry(bytes)
      if (item.kind !== 'chunk') return expect.unreachable()
      const { chunk } = item
      expect(item.retryOf).toBe(Buffer.from(retryOf).toString())
      expect(Buffer.from(chunk.bytes.subarray(chunk.starts[0], chunk.ends[0])).toString()).toBe(Buffer.from(text).toString())
      expect(describeEntry(item)).toMatchObject({ kind: 'chunk', retryOf: item.retryOf })
    }),
  )
})

it('a chunk keeps how its rows went through beside its messages, where its source goes on, and how many came settled', () => {
  const count = fc.integer({ min: 1, max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(count, fc.array(fc.string()), fc.option(fc.string()), fc.option(count), (slice, texts, position, presettled) => {
      const plain = chunkEntry(3, texts)
      if (plain.kind !== 'chunk') return expect.unreachable()
      const sliced = {
        ...plain,
        slice,
        chunk: { ...plain.chunk, ...(position !== null && { position }), ...(presettled !== null && { presettled }) },
      }
      const bytes = Buffer.concat(new EntryEncoder().encode(sliced, 3))
      expect(bytes[0]).toBe(5)
      const { item } = decodeEntry(bytes)
      if (item.kind !== 'chunk') return expect.unreachable()
      const { chunk } = item
      expect(item.slice).toBe(slice)
      expect(texts.map((_, i) => Buffer.from(chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])).toString())).toEqual(
        texts.map(text => Buffer.from(text).toString()),
      )
      expect(chunk.position ?? null).toBe(position === null ? null : Buffer.from(position).toString())
      expect(chunk.presettled ?? null).toBe(presettled)
      expect(describeEntry(item)).toMatchObject({ kind: 'chunk', slice, ...(presettled !== null && { presettled }) })
    }),
  )
})

it('is described without its messages', () => {
  expect(describeEntry(chunkEntry(3, ['one', 'two']))).toEqual({
    entry: 3,
    kind: 'chunk',
    source: 'readings',
    partition: 3,
    wall: '1970-01-01T00:00:01.003Z',
    stream: 1.5,
    partitionClock: 0.75,
    encoding: 'body',
    messages: 2,
    bytes: expect.any(Number),
  })
  expect(describeEntry({ kind: 'acknowledged', sink: 'out', position: { entry: 4, ordinal: 2 } })).toEqual({
    kind: 'acknowledged',
    sink: 'out',
    entry: 4,
    ordinal: 2,
  })
  expect(describeEntry({ kind: 'acknowledged', sink: 'out', position: { entry: 4, ordinal: 2 }, rows: 9 })).toMatchObject({ rows: 9 })
})

it('what stands before the first message, and where the source goes on, come back', () => {
  const bytes = new TextEncoder().encode('junk|a,b\n1,2\n3,4\n')
  const entry = chunkEntry(3, ['', ''])
  if (entry.kind !== 'chunk') return expect.unreachable()
  const chunk = {
    ...entry.chunk,
    encoding: 'body' as const,
    bytes,
    starts: Int32Array.of(9, 13),
    ends: Int32Array.of(12, 16),
    length: 2,
    head: 4,
    position: '{"at":12}',
  }
  const parts = new EntryEncoder().encode({ ...entry, chunk }, 3)
  const { item } = decodeEntry(Buffer.concat(parts))
  if (item.kind !== 'chunk') return expect.unreachable()
  const { chunk: back } = item
  expect(back.head).toBe(4)
  expect(back.position).toBe('{"at":12}')
  const text = (from: number, to: number): string => Buffer.from(back.bytes.subarray(from, to)).toString()
  expect(text(back.starts[0]! - back.head!, back.starts[0]!)).toBe('a,b\n')
  expect([0, 1].map(i => text(back.starts[i]!, back.ends[i]!))).toEqual(['1,2', '3,4'])
})
