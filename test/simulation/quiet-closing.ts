import type { Message } from './message.js'
import { narrowMs, type Scenario } from './scenario.js'
import type { World } from './world.js'

/** Virtual ms beyond the rule: heartbeats of the pump, and the way to the disk. */
const slackMs = 2_000

/**
 * Quiet closing (stream-semantics rule 8): once every source is live and silent, watermarks go on with its clock, so that
 * each window fires within a known time of the last row, over restarts too.
 */
export class QuietClosing {
  readonly #world: World
  /** Virtual ms that all sources must be live for. */
  readonly #wait: number
  readonly #missing = new Set<number>()
  #liveSince: number

  constructor(world: World) {
    const { sources, outOfOrderness } = world.scenario
    const sent = sources.map(({ sends }) => sends.map(({ message }) => message))
    const good = sent.flat().filter(({ kind }) => kind === 'good')
    for (const { n } of good) this.#missing.add(n)
    const end = Math.floor(latest(good) / narrowMs) * narrowMs + narrowMs
    const slowest = Math.min(...sent.map(messages => latest(messages.filter(({ kind }) => kind !== 'bad'))))
    this.#wait = end - slowest + outOfOrderness + slackMs
    this.#world = world
    this.#liveSince = world.scheduler.now
  }

  /** To be asked after every event: whether each good message is in a window that has fired, or late. */
  look(): boolean {
    const { observations, life, scheduler } = this.#world
    if (!life?.jobs?.host.readiness().ready) this.#liveSince = scheduler.now
    for (const n of this.#missing) {
      if (!observations.fired.has(n)) return false
      this.#missing.delete(n)
    }
    return true
  }

  /** When it must be done, as far as is known now. */
  get until(): number {
    return this.#liveSince + this.#wait
  }

  get missing(): readonly number[] {
    return [...this.#missing]
  }
}

const latest = (messages: readonly Message[]): number => Math.max(...messages.map(({ at }) => at))

/** Only where windows may close by the clock. */
export const closesWhenQuiet = ({ exact }: Scenario): boolean => !exact
