import { type Kind, type Message, message } from './message.js'
import { SeededRandom } from './seeded-random.js'
import { wallStart } from './sim-process.js'

/** What one seed runs: the job's shape, and what its producers send when. */
export interface Scenario {
  readonly seed: number
  readonly sources: readonly SourcePlan[]
  /** No row is late, whatever happens: windows are then known beforehand. */
  readonly exact: boolean
  readonly outOfOrderness: number
  readonly allowedLateness: number
  readonly early: boolean
  /** Messages carry an id by which repeats are told; without, each counts at least once. */
  readonly ids: boolean
  /** Entries after which a snapshot is taken. */
  readonly snapshotEntries: number
  readonly segmentBytes: number
  readonly retentionBytes: number
  /** Virtual ms in which messages are sent and faults happen. */
  readonly duration: number
}

export interface SourcePlan {
  readonly id: string
  readonly kind: 'queue' | 'log'
  /** In the order of `at`. A resent message stands in it several times. */
  readonly sends: readonly Send[]
}

/** A message that reaches the source at a virtual time. */
export interface Send {
  readonly at: number
  readonly message: Message
}

/** Ms that the narrow and the wide windows are long, and how often the wide ones begin. */
export const narrowMs = 2_000
export const wideMs = 4_000
export const hopMs = 2_000

export function scenario(seed: number): Scenario {
  const random = new SeededRandom(seed, 'scenario')
  const exact = random.chance(0.6)
  const outOfOrderness = random.pick([500, 1_000, 2_000])
  const duration = random.int(6_000, 14_000)
  const kinds = random.pick([['queue'], ['queue'], ['queue', 'queue'], ['queue', 'log'], ['log']] as const)
  let next = 0
  const sources = kinds.map((kind, i) => {
    const plan = sends(seed, i, { exact, outOfOrderness, duration, first: next, log: kind === 'log' })
    next += 10_000
    return { id: `s${i}`, kind, sends: plan }
  })
  return {
    seed,
    sources,
    exact,
    outOfOrderness,
    duration,
    allowedLateness: random.pick([0, 0, 1_000, 3_000]),
    early: random.chance(0.4),
    snapshotEntries: random.pick([3, 10, 30, 80]),
    segmentBytes: random.pick([2_000, 8_000, 60_000]),
    retentionBytes: random.pick([1, 20_000, 2 ** 30]),
    ids: random.chance(0.88),
  }
}

interface SendOptions {
  readonly exact: boolean
  readonly outOfOrderness: number
  readonly duration: number
  readonly first: number
  readonly log: boolean
}

function sends(seed: number, source: number, options: SendOptions): Send[] {
  const { exact, outOfOrderness, duration, first, log } = options
  const random = new SeededRandom(seed, `producer ${source}`)
  const count = random.int(40, 160)
  const keys = Array.from({ length: random.int(1, 6) }, (_, i) => `k${i}`)
  const sent: Send[] = []
  const instants = Array.from({ length: count }, () => random.between(0, duration)).sort((a, b) => a - b)
  const bursts = random.chance(0.4)
  instants.forEach((instant, i) => {
    const at = bursts ? instant - (instant % 400) : instant
    const disorder = random.between(0, outOfOrderness * 0.9)
    const late = !exact && random.chance(0.08) ? random.between(0, 8_000) : 0
    const kind: Kind = random.chance(0.05) ? 'bad' : random.chance(0.04) ? 'thrown' : random.chance(0.1) ? 'filtered' : 'good'
    const n = first + i
    const value = kind === 'thrown' ? 99 : kind === 'filtered' ? -1 : random.int(0, 90)
    const reused = i > 0 && random.chance(0.04) ? sent.at(-1)!.message.id : undefined
    const eventTime = Math.floor(wallStart + at - disorder - late)
    const made = message({ n, id: reused ?? `m${n}`, kind, key: random.pick(keys), value, at: eventTime })
    sent.push({ at, message: made })
    // The producer did not hear that the broker has it.
    if (random.chance(0.06)) sent.push({ at: at + random.between(0, log ? 0 : 300), message: made })
  })
  return sent.sort((a, b) => a.at - b.at)
}
