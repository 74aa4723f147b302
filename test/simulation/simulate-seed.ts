import { letterOfLine } from '../../src/runtime/letters/kept-letters.js'
import { type Fault, faultsOf } from './faults.js'
import { injectFault } from './inject-fault.js'
import { judgeLate } from './judge-late.js'
import { judgeResults } from './judge-results.js'
import { judgeView } from './judge-view.js'
import type { Plant } from './plant.js'
import { closesWhenQuiet, QuietClosing } from './quiet-closing.js'
import { scenario } from './scenario.js'
import type { Violation } from './violation.js'
import { dataDir, World } from './world.js'

export interface SeedResult {
  readonly seed: number
  readonly violation: Violation | undefined
  readonly faults: readonly Fault[]
  /** Equal for equal runs. */
  readonly hash: number
  readonly lines: readonly string[]
  readonly events: number
  /** Virtual ms. */
  readonly elapsed: number
  readonly lives: number
}

/** Virtual ms after the last fault within which all must be settled, and within which the job must have ended. */
const recoveryMs = 90_000
const finishMs = 90_000
/** A seed takes some thousands. */
const mostEvents = 400_000

/** Runs one seed; `faults` other than its own serve the search for the shortest schedule. */
export async function simulateSeed(
  seed: number,
  options: { readonly plant?: Plant | undefined; readonly faults?: readonly Fault[] } = {},
): Promise<SeedResult> {
  const plan = scenario(seed)
  const faults = options.faults ?? faultsOf(plan)
  const world = new World(plan, options.plant)
  const { scheduler } = world
  for (const { id, sends } of plan.sources)
    for (const { at, message } of sends) scheduler.at(at, () => world.sources.get(id)!.take(message))
  for (const fault of faults) scheduler.at(fault.at, () => injectFault(world, fault))
  scheduler.at(0, () => world.start())
  const broken = () => {
    if (scheduler.events > mostEvents) world.violated('I9', `${mostEvents} events, and no end: the job runs in circles`)
    return world.violation !== undefined
  }
  await scheduler.run(plan.duration, broken)
  if (!broken()) {
    world.heal()
    await scheduler.run(scheduler.now + recoveryMs, () => broken() || world.unsettled === 0)
    if (world.unsettled > 0) world.violated('I9', `${world.unsettled} messages are not settled ${recoveryMs / 1000} s after the last fault`)
  }
  if (!broken() && closesWhenQuiet(plan)) {
    const closing = new QuietClosing(world)
    while (!closing.look() && !broken()) {
      if (scheduler.now >= closing.until) world.violated('I9', `quiet windows are not closed in time: ${closing.missing} are in none`)
      else await scheduler.run(closing.until, () => broken() || closing.look())
    }
  }
  if (!broken()) {
    world.finish()
    await scheduler.run(scheduler.now + finishMs, () => broken() || world.finished)
    if (!world.finished) world.violated('I9', `the job has not ended ${finishMs / 1000} s after it was told to`)
  }
  if (!broken()) {
    world.observations.judge()
    const letters = lettersOf(world)
    const found =
      'invariant' in letters
        ? letters
        : judgeResults({ scenario: plan, sinks: world.sinks, labels: world.labels, letters, edited: world.edits > 0 })
    const kept = world.journalBound.judge(world, plan)
    const late = isOrderKnown(world) ? judgeLate(plan, world.journalOrder.entries, world.sinks.get('late')!) : undefined
    const worst = found ?? late ?? judgeView(world.shown, world.sinks.get('exact')!) ?? (kept && { invariant: 'I10' as const, what: kept })
    if (worst) world.violated(worst.invariant, worst.what)
  }
  const { violation, hash, lines, lives } = world
  return { seed, violation, faults, hash: hash >>> 0, lines, events: scheduler.events, elapsed: scheduler.now, lives }
}

/** The journal says what is late: of one source, with one text of the job, whose wall clock did not make times unbelievable. */
const isOrderKnown = ({ scenario: { sources, exact, ids }, edits, wallOffset, lives, livesToFinish }: World): boolean =>
  sources.length === 1 && !exact && ids && edits === 0 && wallOffset > -250_000 && lives === livesToFinish

function lettersOf(world: World): readonly Uint8Array[] | Violation {
  const letters: Uint8Array[] = []
  for (const [path, file] of world.disk.files(dataDir)) {
    if (!path.endsWith('.ndjson')) continue
    for (const line of Buffer.from(file.bytes).toString('utf8').split('\n')) {
      if (line === '') continue
      const letter = letterOfLine(line)
      if (!letter) return { invariant: 'I8', what: `${path} has a line that is no letter: ${line.slice(0, 200)}` }
      letters.push(letter.bytes)
    }
  }
  return letters
}
