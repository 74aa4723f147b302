import type { MoteReading } from './mote-readings.js'

/** A message and the data clock's time at which it is sent. */
export interface DueMessage {
  /** Ms since the epoch on the data clock. */
  readonly due: number
  readonly id: string
  /** A body as the motes send it, or a spoilt one. */
  readonly body: string
  /** What becomes of it. */
  readonly fate: 'counted' | 'late' | 'duplicate' | 'refused'
  readonly mote: number
  /** Its own time, ms since the epoch. */
  readonly at: number
}

/** Ways in which a device goes wrong, as words behind `a message`. */
const faults = [
  'that closes one bracket too many',
  'whose temperature is the text "n/a"',
  'without its humidity',
  'from a mote whose clock is 26 hours ahead',
] as const

/** Every so many readings something goes wrong; primes, so that troubles do not march in step. */
const lateEvery = 67
const duplicateEvery = 59
const malformedEvery = 73
/** Ms behind its neighbours: beyond out-of-orderness and the one-minute window, so that no window takes it. */
const lateBy = 150_000
const hour = 3_600_000

/**
 * The readings as messages in the order of sending, for ever: from reading `from` of each mote to the end of the data,
 * then again from its beginning with times shifted forward. Some come late, some twice, some spoilt.
 */
export function* moteReplay(readings: readonly MoteReading[], from: number): Generator<DueMessage, never> {
  const held: DueMessage[] = []
  const first = readings[0]!.at
  const period = readings.at(-1)!.at - first + 5_000
  let count = 0
  for (let loop = 0; ; loop++) {
    for (const reading of readings) {
      if (loop === 0 && reading.reading < from) continue
      const at = reading.at + loop * period
      while (held.length > 0 && held[0]!.due <= at) yield held.shift()!
      const id = `${loop}-${reading.mote}-${reading.reading}`
      const message: DueMessage = { due: at, id, body: bodyOf(reading, at), fate: 'counted', mote: reading.mote, at }
      count++
      if (count % lateEvery === lateEvery - 1) hold(held, { ...message, due: at + lateBy, fate: 'late' })
      else yield message
      if (count % duplicateEvery === duplicateEvery - 1) hold(held, { ...message, due: at + 5_000, fate: 'duplicate' })
      if (count % malformedEvery === malformedEvery - 1)
        yield { ...message, ...spoilt(reading, at, Math.floor(count / malformedEvery)), id: `${id}-spoilt`, fate: 'refused' }
    }
  }
}

/** A reading as its mote sends it, with this time. */
export const bodyOf = ({ reading, mote, humidity, temperature }: MoteReading, at: number): string =>
  JSON.stringify({ reading, mote, humidity, temperature, at: new Date(at).toISOString() })

/** One of the ways in which a device goes wrong, in turn. */
export function spoilt(reading: MoteReading, at: number, turn: number): { readonly body: string; readonly fault: string } {
  const good = bodyOf(reading, at)
  const bodies = [
    `${good.slice(0, -1)},}}`,
    good.replace(/"temperature":[^,]+/, '"temperature":"n/a"'),
    good.replace(/"humidity":[^,]+,/, ''),
    bodyOf(reading, at + 26 * hour),
  ]
  return { body: bodies[turn % bodies.length]!, fault: faults[turn % faults.length]! }
}

function hold(held: DueMessage[], message: DueMessage): void {
  let i = held.length
  while (i > 0 && held[i - 1]!.due > message.due) i--
  held.splice(i, 0, message)
}
