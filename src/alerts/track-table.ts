import type { Alert } from '../model/alert.js'
import type { AlertRule } from './alert-rule.js'
import type { AlertTrack } from './alert-track.js'
import type { FollowedView } from './followed-view.js'

/** Keys under limits that are followed at once, over all jobs. */
export const mostTracks = 10_000
/** Tracks looked at for one that is calm, to make room for another. */
const mostLooks = 32

/** One key under one limit, and what is told of it. */
export interface Tracked {
  readonly id: string
  readonly view: FollowedView
  readonly rule: AlertRule
  readonly key: Alert['key']
  readonly track: AlertTrack
  alert: Alert | undefined
}

/** All keys under limits: bounded, and calm ones give way. */
export class TrackTable {
  readonly #tracks = new Map<string, Tracked>()

  get(name: string): Tracked | undefined {
    return this.#tracks.get(name)
  }

  /** Undefined where there is no room: every key looked at has an alert. */
  add(name: string, make: () => Tracked): Tracked | undefined {
    if (this.#tracks.size >= mostTracks && !this.#makeRoom()) return undefined
    const tracked = make()
    this.#tracks.set(name, tracked)
    return tracked
  }

  deleteOf(view: FollowedView): void {
    for (const [name, tracked] of this.#tracks) if (tracked.view === view) this.#tracks.delete(name)
  }

  withAlert(): readonly (Tracked & { readonly alert: Alert })[] {
    return [...this.#tracks.values()].filter((tracked): tracked is Tracked & { readonly alert: Alert } => tracked.alert !== undefined)
  }

  /** Forgets a key that is calm: it is followed anew with its next row. */
  #makeRoom(): boolean {
    let looks = 0
    for (const [name, tracked] of this.#tracks) {
      if (looks++ === mostLooks) return false
      this.#tracks.delete(name)
      if (!tracked.alert) return true
      this.#tracks.set(name, tracked)
    }
    return false
  }
}
