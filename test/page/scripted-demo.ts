import type { DemoAction, DemoStatus, Happening } from '../../src/model/demo-status.js'
import type { ScriptedFeed } from './scripted-feed.js'

const titles: Readonly<Record<DemoAction, string>> = {
  pause: 'pause',
  resume: 'go on',
  late: 'late burst',
  bad: 'bad message',
  duplicates: 'duplicates',
  unplug: 'unplug the broker',
  plug: 'plug it in again',
  kill: 'kill −9',
}

const afterLate =
  '24 readings were sent three minutes late: they are counted as late and listed below with the window they missed; no result changed.'
/** The longest there is. */
const afterKill =
  'Process 22052 was ended with SIGKILL and process 22953 went on in its place: the page answered again after 4.0 s, recovery from snapshot and journal took 1.2 s of it. 482 results before, 482 after: none lost, none twice, none changed.'
/** What is known some seconds later, once the windows have closed. */
export const killVerdict =
  'The 12 windows around the kill have closed and hold exactly the 142 readings sent for them; no consumer received a result twice.'

/** A demo that does nothing but say so. */
export class ScriptedDemo {
  readonly #feed: ScriptedFeed
  #happenings: readonly Happening[] = []
  #paused = false
  #unplugged = false
  /** A reader who may only look is offered nothing. */
  isReadOnly = false
  /** What is asked for is not done while this is so. */
  isSlow = false
  /** Its process is about to be killed, or was. */
  killed = false

  constructor(feed: ScriptedFeed) {
    this.#feed = feed
  }

  act(action: string): boolean {
    const known = this.status().actions.find(one => one.action === action)
    if (!known) return false
    if (known.action === 'late') this.#feed.beLate()
    this.#paused = known.action === 'pause' || (this.#paused && known.action !== 'resume')
    this.#unplugged = known.action === 'unplug' || (this.#unplugged && known.action !== 'plug')
    const sentence = known.action === 'kill' ? afterKill : afterLate
    const happening = { id: this.#happenings.length + 1, kind: known.action, at: this.#feed.now, title: titles[known.action], sentence }
    this.#happenings = [happening, ...this.#happenings].slice(0, 20)
    return true
  }

  /** More is known of what was done. */
  tellMore(kind: DemoAction, more: string): void {
    this.#happenings = this.#happenings.map(one => (one.kind === kind ? { ...one, sentence: `${one.sentence} ${more}` } : one))
  }

  status(): DemoStatus {
    const possible: readonly (readonly [DemoAction, string])[] = [
      [this.#paused ? 'resume' : 'pause', 'space'],
      ['late', 'l'],
      ['bad', 'b'],
      ['duplicates', 'd'],
      [this.#unplugged ? 'plug' : 'unplug', 'u'],
      ['kill', 'k'],
    ]
    return {
      actions: this.isReadOnly ? [] : possible.map(([action, key]) => ({ action, key, title: titles[action] })),
      paused: this.#paused,
      unplugged: this.#unplugged,
      killed: this.killed,
      happenings: this.#happenings,
    }
  }
}
