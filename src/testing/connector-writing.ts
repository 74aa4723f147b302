import type { SinkWriter } from '../connector/sink.js'
import type { SinkPlace } from './connector-sink-harness.js'
import type { Surroundings } from './connector-surroundings.js'

/** A case of a sink, on a fresh place. */
export interface SinkCase {
  readonly name: string
  run(place: SinkPlace, near: Surroundings): Promise<void>
}

/** What a peer received, as the numbers of the rows. */
export const numbersOf = (received: readonly Readonly<Record<string, unknown>>[]): number[] => received.map(({ n }) => Number(n))

/** Opens a writer and waits until it can write. */
export async function opened(place: SinkPlace, near: Surroundings): Promise<SinkWriter> {
  const writer = await near.within('the sink opens', place.sink().open(near.context))
  await near.within('the writer opens', writer.open())
  return writer
}

/** What a promise rejects with; undefined when it does not. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error
  }
}
