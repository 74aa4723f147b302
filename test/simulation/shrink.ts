import type { Fault } from './faults.js'
import type { Plant } from './plant.js'
import { type SeedResult, simulateSeed } from './simulate-seed.js'

/** Leaves out faults one by one as long as something is still found: the shortest schedule that needs no two at once left out. */
export async function shrink(failed: SeedResult, plant: Plant | undefined): Promise<SeedResult> {
  let shortest = failed
  for (let i = 0; i < shortest.faults.length; ) {
    const faults: readonly Fault[] = shortest.faults.toSpliced(i, 1)
    const result = await simulateSeed(failed.seed, { plant, faults })
    if (result.violation) shortest = result
    else i++
  }
  return shortest
}
