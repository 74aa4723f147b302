import { describeFault } from './faults.js'
import type { SeedResult } from './simulate-seed.js'

/** What a person reads of a seed that failed: the invariant, the schedule, and the end of what happened. */
export function describeResult({ seed, violation, faults, lines }: SeedResult, tail = 0): string {
  const schedule = faults.length === 0 ? ['  without any fault'] : faults.map(fault => `  ${describeFault(fault)}`)
  return [`seed ${seed}: ${violation?.invariant}: ${violation?.what}`, ...schedule, ...lines.slice(lines.length - tail)].join('\n')
}
