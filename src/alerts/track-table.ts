import type { Alert } from '../model/alert.js'
import type { AlertRule } from './alert-rule.js'
import type { AlertTrack } from './alert-track.js'
import type { FollowedView } from './followed-view.js'

/** Keys under limits that are followed at once, over all jobs. */
export const mostTracks = 10_000

/** One key under one limit, and what is told of it. */
export interface Tracked {
  /** The same for the same job, rule and key. */
  readonly name: string
  readonly id: string
  readonly view: FollowedView
  readonly rule: AlertRule
  readonly key: Alert['key']
  readonly track: AlertTrack
  readonly alert: Alert | undefined
}

/** All keys under limits: bounded; where one more comes, the one that is calm for longest is forgotten. */
export class TrackTable {
  readonly #tracks = new Map<string, { -readonly [K in keyof Tracked]: Tracked[K] }>()
  readonly #calm = new Set<string>()

  /** The track of a name, which is not calm until it is judged. */
  touch(name: string): Tracked | undefined {
    this.#calm.delete(name)
    return this.#tracks.get(name)
  }

  /** Undefined where there is no room: every key has an alert, or changes right now. */
  add(name: string, make: () => Tracked): Tracked | undefined {
    if (this.#tracks.size >= mostTracks) {
      const [calm] = this.#calm
      if (calm === undefined) return undefined
      this.#delete(calm)
    }
    const tracked = make()
    this.#tracks.set(name, tracked)
    return tracked
  }

  /** What was touched, judged: calm without an alert. */
  judge({ name }: Tracked, alert: Alert | undefined): void {
    const tracked = this.#tracks.get(name)
    if (!tracked) return
    tracked.alert = alert
    if (alert) this.#calm.delete(name)
    else this.#calm.add(name)
  }

  deleteOf(view: FollowedView): void {
    for (const [name, tracked] of this.#tracks) if (tracked.view === view) this.#delete(name)
  }

  withAlert(): readonly (Tracked & { readonly alert: Alert })[] {
    return [...this.#tracks.values()].filter((tracked): tracked is Tracked & { readonly alert: Alert } => tracked.alert !== undefined)
  }

  #delete(name: string): void {
    this.#tracks.delete(name)
    this.#calm.delete(name)
  }
}
