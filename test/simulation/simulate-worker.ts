import { describeResult } from './describe-result.js'
import { plants } from './plants/index.js'
import { shrink } from './shrink.js'
import { simulateSeed } from './simulate-seed.js'

/** What a worker is asked: to run these seeds, with a bug planted or without; `trace` lines are given of a failure. */
export interface SeedsToRun {
  readonly first: number
  readonly count: number
  readonly plant: string | undefined
  readonly trace: number
}

/** What it answers: of each seed that failed the report, in order; with a plant it stops at the first. */
export interface SeedsRun {
  readonly first: number
  readonly ran: number
  readonly events: number
  readonly lives: number
  readonly failures: readonly { readonly seed: number; readonly report: string }[]
}

export async function runSeeds({ first, count, plant: name, trace }: SeedsToRun): Promise<SeedsRun> {
  const plant = name === undefined ? undefined : plants.find(one => one.name === name)
  if (name !== undefined && !plant) throw new Error(`there is no plant '${name}'`)
  const failures: { seed: number; report: string }[] = []
  let ran = 0
  let events = 0
  let lives = 0
  for (let seed = first; seed < first + count; seed++) {
    const result = await simulateSeed(seed, { plant })
    ran++
    events += result.events
    lives += result.lives
    if (!result.violation) continue
    // Found is what the bug did, not what is wrong without it.
    if (plant && (await simulateSeed(seed)).violation) continue
    failures.push({ seed, report: describeResult(await shrink(result, plant), trace) })
    if (plant) break
  }
  return { first, ran, events, lives, failures }
}

process.on('message', (message: SeedsToRun | 'list') => {
  if (message === 'list') process.send!(plants.map(plant => plant.name))
  else void runSeeds(message).then(result => process.send!(result))
})
