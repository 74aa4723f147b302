import { join } from 'node:path'
import { moteReadings } from '../../src/demo/mote-readings.js'
import { moteReplay } from '../../src/demo/mote-replay.js'
import { root } from '../cli/command.js'

/** What the demo's job must make of what its devices send until a time of the data clock. */
export interface Expected {
  /** Readings by mote and end of minute: `3 1273403820000`. */
  readonly windows: ReadonlyMap<string, number>
  readonly late: number
}

/**
 * Computed from the messages alone, by the rules of the job read aloud: an id counts once; a body that is no reading, or
 * comes from the future, does not count; a reading whose minute ended before the highest time seen less ten seconds is late.
 */
export function expectedOf(until: number): Expected {
  const readings = moteReadings(join(root, 'data', 'motes.csv'))
  const windows = new Map<string, number>()
  const ids = new Set<string>()
  let highest = Number.NEGATIVE_INFINITY
  let late = 0
  for (const { due, id, body } of moteReplay(readings, 2_200)) {
    if (due > until) return { windows, late }
    if (ids.has(id)) continue
    ids.add(id)
    const reading = readingOf(body)
    if (!reading || reading.at > due + 3_600_000) continue
    const end = Math.floor(reading.at / 60_000) * 60_000 + 60_000
    if (end <= highest - 10_000) late++
    else {
      const name = `${reading.mote} ${end}`
      windows.set(name, (windows.get(name) ?? 0) + 1)
    }
    highest = Math.max(highest, reading.at)
  }
  throw new Error('the replay goes on for ever')
}

function readingOf(body: string): { readonly mote: number; readonly at: number } | undefined {
  try {
    const { mote, humidity, temperature, at } = JSON.parse(body) as Record<string, unknown>
    const whole = Number.isInteger(mote) && typeof humidity === 'number' && typeof temperature === 'number' && typeof at === 'string'
    return whole ? { mote: Number(mote), at: Date.parse(String(at)) } : undefined
  } catch {
    return undefined
  }
}
