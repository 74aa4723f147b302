import { type CrashPoint, crashPoints } from '../../src/model/crash-point.js'
import type { Scenario } from './scenario.js'
import { SeededRandom } from './seeded-random.js'

/** One thing that goes wrong, at a virtual time. */
export type Fault = { readonly at: number } & (
  | { readonly what: 'kill' | 'power' | 'stop' | 'broken-link' | 'sync-error' | 'flip-snapshot' }
  /** The process or the machine dies when the job reaches this point for the nth time from then on. */
  | { readonly what: 'crash-point'; readonly point: CrashPoint; readonly nth: number; readonly power: boolean }
  | {
      readonly what: 'cut' | 'sink-away' | 'disk-full' | 'write-errors' | 'short-writes' | 'slow-disk' | 'slow-sink' | 'pause'
      readonly ms: number
    }
  /** The process is stopped, replaced, and goes on after `ms`. */
  | { readonly what: 'take-over'; readonly ms: number; readonly linkLost: boolean }
  | { readonly what: 'wall-jump'; readonly ms: number }
  /** The job goes on with another text of it, after a stop or a crash. */
  | { readonly what: 'edit'; readonly stop: boolean }
)

const kinds = [
  'kill',
  'kill',
  'power',
  'power',
  'crash-point',
  'crash-point',
  'crash-point',
  'crash-point',
  'stop',
  'broken-link',
  'sync-error',
  'cut',
  'cut',
  'sink-away',
  'disk-full',
  'write-errors',
  'short-writes',
  'slow-disk',
  'slow-sink',
  'pause',
  'take-over',
  'take-over',
  'flip-snapshot',
  'wall-jump',
] as const

/** What goes wrong in a scenario, in order of time; nothing else depends on it, so that faults can be left out one by one. */
export function faultsOf(scenario: Pick<Scenario, 'seed' | 'duration'>): Fault[] {
  const random = new SeededRandom(scenario.seed, 'faults')
  const count = random.pick([0, 1, 2, 3, 4, 5, 6, 8, 10])
  const faults = Array.from({ length: count }, () => fault(random, scenario.duration))
  // When nothing more comes, the clock alone closes windows.
  if (random.chance(0.25)) faults.push({ at: scenario.duration + random.between(0, 3_000), what: 'kill' })
  if (random.chance(0.2)) {
    for (let i = random.int(1, 3); i > 0; i--)
      faults.push({ at: random.between(0, scenario.duration), what: 'edit', stop: random.chance(0.4) })
  }
  return faults.sort((a, b) => a.at - b.at)
}

function fault(random: SeededRandom, duration: number): Fault {
  const at = random.between(0, duration)
  const what = random.pick(kinds)
  switch (what) {
    case 'crash-point':
      return { at, what, point: random.pick(crashPoints), nth: random.pick([1, 1, 1, 2, 3, 7]), power: random.chance(0.4) }
    case 'take-over':
      return { at, what, ms: random.between(200, 3_000), linkLost: random.chance(0.5) }
    case 'wall-jump':
      return { at, what, ms: random.pick([-120_000, -10_000, 3_000]) }
    case 'pause':
      return { at, what, ms: random.between(10, 8_000) }
    case 'cut':
    case 'sink-away':
    case 'disk-full':
    case 'write-errors':
    case 'short-writes':
    case 'slow-disk':
    case 'slow-sink':
      return { at, what, ms: random.between(50, 3_000) }
    default:
      return { at, what }
  }
}

/** As a schedule is printed. */
export function describeFault(fault: Fault): string {
  const { at, what, ...rest } = fault
  const details = Object.entries(rest).map(([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value) : value}`)
  return `${(at / 1000).toFixed(3).padStart(8)} s  ${[what, ...details].join(', ')}`
}
