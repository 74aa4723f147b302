import type { SourceReader } from '../connector/source.js'
import { bodiesOf } from './connector-bodies.js'
import { mustBe } from './connector-case.js'
import type { SourceHarness, SourcePlace } from './connector-source-harness.js'
import type { Surroundings } from './connector-surroundings.js'

/** What was read so far: each text with the receipt of its chunk. */
export interface Reading {
  readonly texts: readonly string[]
  readonly receipts: readonly number[]
  /** The source said that there is no more. */
  readonly ended: boolean
}

export interface ReadUntil {
  /** Distinct texts to wait for; default: until the end. */
  readonly distinct?: number
  /** Called after each chunk with its receipt; may settle. */
  readonly each?: (receipt: number) => void
  readonly withinMs?: number
}

/** Reads chunk after chunk; receipts must rise. */
export async function read(reader: SourceReader, near: Surroundings, { distinct, each, withinMs }: ReadUntil): Promise<Reading> {
  const texts: string[] = []
  const receipts: number[] = []
  const seen = new Set<string>()
  let last = -1
  while (distinct === undefined || seen.size < distinct) {
    const chunk = await near.within(`a chunk comes, after ${seen.size} of ${distinct ?? 'all'} messages`, reader.next(), withinMs)
    if (!chunk) return { texts, receipts, ended: true }
    mustBe(chunk.receipt > last, 'receipts rise', { before: last, now: chunk.receipt })
    last = chunk.receipt
    for (const text of bodiesOf(chunk)) {
      texts.push(text)
      receipts.push(chunk.receipt)
      seen.add(text)
    }
    each?.(chunk.receipt)
  }
  return { texts, receipts, ended: false }
}

/** A reader of a place with these texts in it. An endless source is opened first, as some peers keep nothing for one that they have never seen. */
export async function filled(
  place: SourcePlace,
  near: Surroundings,
  { endless }: Pick<SourceHarness, 'endless'>,
  texts: readonly string[],
): Promise<SourceReader> {
  const open = () => near.within('it opens', place.source().open(near.context))
  if (!endless) {
    await place.send(texts)
    return open()
  }
  const reader = await open()
  await near.until('it is connected', () => reader.status().connected)
  if (texts.length > 0) await place.send(texts)
  return reader
}
