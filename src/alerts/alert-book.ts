import { createHash } from 'node:crypto'
import type { Alert } from '../model/alert.js'
import type { View } from '../views/view.js'
import { type Acknowledged, Acknowledgements } from './acknowledgements.js'
import type { AlertRule } from './alert-rule.js'
import { AlertTrack } from './alert-track.js'
import { compareAlerts } from './compare-alerts.js'
import { FollowedView, type Reading } from './followed-view.js'
import { makeAlert } from './make-alert.js'
import { type Tracked, TrackTable } from './track-table.js'

/** Alerts that are over and still told of. */
export const mostResolved = 1_000
/** Ms of the job's event time for which an alert that is over is told of. */
export const resolvedKeptMs = 24 * 3_600_000
/** Keys of one change that are judged together; until then none of them gives way to another. */
const mostTouched = 1_000

/** What became of an alert. */
export interface AlertChange {
  readonly kind: 'fires' | 'over'
  readonly alert: Alert
}

/**
 * The alerts of a process: the limits of its jobs' dashboards, evaluated on each change of the views, whether anyone
 * watches or not. Synchronous; it has no clock of its own. Bounded by `mostTracks` keys and `mostResolved` old alerts.
 *
 * @example
 * book.follow('room-climate', views, rulesOf(dashboard), watermark)
 * book.alerts()[0]?.sentence // 'room kitchen: 29.1 °C, above 28 °C since 14:03'
 */
export class AlertBook {
  readonly #views = new Set<FollowedView>()
  readonly #tracks = new TrackTable()
  readonly #seen = new Acknowledgements()
  readonly #listeners = new Set<() => void>()
  readonly #told: (change: AlertChange) => void
  #sorted: readonly Alert[] | undefined
  /** Readings of keys for which there was no room. */
  refused = 0

  /** @param told hears when an alert begins to fire and when it is over */
  constructor(told: (change: AlertChange) => void = () => {}) {
    this.#told = told
  }

  /**
   * Follows the views of a job with these rules from now on, and no others. What did not change goes on as it is; a view
   * that was opened anew, or got other rules, is read again from its rows.
   *
   * @param now how far the job's results have come, in event time; alerts without a limit end by it, old ones are forgotten
   */
  follow(job: string, views: readonly View[], rules: readonly AlertRule[], now = Number.NEGATIVE_INFINITY): void {
    const rulesOf = (view: View): readonly AlertRule[] => rules.filter(rule => rule.view === view.id)
    for (const followed of [...this.#views].filter(({ view }) => view.job === job)) {
      const { view } = followed
      if (views.includes(view) && JSON.stringify(rulesOf(view)) === JSON.stringify(followed.rules)) this.#advance(followed, now)
      else this.#unfollow(followed)
    }
    const known = new Set([...this.#views].map(({ view }) => view))
    for (const view of views) {
      const own = rulesOf(view)
      if (own.length > 0 && !known.has(view)) this.#begin(new FollowedView(view, own), now)
    }
    this.#forgetOld()
  }

  /** What needs a person first; see `compareAlerts`. */
  alerts(): readonly Alert[] {
    this.#sorted ??= this.#tracks
      .withAlert()
      .map(({ alert }) => alert)
      .sort(compareAlerts)
    return this.#sorted
  }

  /**
   * Somebody has seen it, for as long as the alert lasts: one that fires again needs to be seen again.
   *
   * @param at the job's clock
   * @returns undefined where there is no such alert
   */
  acknowledge(id: string, at: number): Alert | undefined {
    const tracked: Tracked | undefined = this.#tracks.withAlert().find(candidate => candidate.id === id)
    if (tracked && tracked.alert?.acknowledgedAt === undefined) {
      this.#seen.add({ id, job: tracked.view.view.job, through: tracked.track.newest, at })
      this.#judge([tracked], false)
    }
    return tracked?.alert
  }

  /** What was acknowledged of a job, to be kept for the next process. */
  acknowledged(job: string): readonly Acknowledged[] {
    return this.#seen.ofJob(job)
  }

  /** Takes over what an earlier process has kept; before the views are followed. */
  remember(acknowledged: readonly Acknowledged[]): void {
    for (const seen of acknowledged) this.#seen.add(seen)
  }

  /** Calls back after each change, until the function given is called. */
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => void this.#listeners.delete(changed)
  }

  close(): void {
    this.#listeners.clear()
    for (const followed of [...this.#views]) this.#unfollow(followed)
  }

  #begin(followed: FollowedView, now: number): void {
    followed.now = now
    this.#views.add(followed)
    // What was over before is told of, but is no news.
    this.#take(followed, followed.rows(), false)
    followed.follow(readings => this.#take(followed, readings, true))
  }

  #unfollow(followed: FollowedView): void {
    followed.close()
    this.#views.delete(followed)
    this.#tracks.deleteOf(followed)
    this.#changed()
  }

  #take(followed: FollowedView, readings: readonly Reading[], isNews: boolean): void {
    const touched = new Set<Tracked>()
    for (const reading of readings) {
      const tracked = this.#tracked(followed, reading)
      if (!tracked) continue
      if (Number.isNaN(reading.value)) tracked.track.remove(reading.time)
      else tracked.track.put(reading.time, reading.value, reading.final)
      touched.add(tracked)
      if (touched.size < mostTouched) continue
      this.#judge(touched, isNews)
      touched.clear()
    }
    this.#judge(touched, isNews)
  }

  #tracked(view: FollowedView, { rule, name, keyOf, value }: Reading): Tracked | undefined {
    const known = this.#tracks.touch(name)
    if (known || Number.isNaN(value)) return known
    const added = this.#tracks.add(name, () => {
      const id = createHash('sha256').update(name).digest('hex').slice(0, 16)
      return { name, id, view, rule, key: keyOf(), track: new AlertTrack(rule, view.every), alert: undefined }
    })
    if (!added) this.refused++
    return added
  }

  /** What follows from the passing of time alone. */
  #advance(followed: FollowedView, now: number): void {
    if (!(now > followed.now)) return
    followed.now = now
    const own = this.#tracks.withAlert().filter(({ view }) => view === followed)
    for (const { alert, track } of own) if (alert.until !== undefined && now - alert.until > resolvedKeptMs) track.dismiss(now)
    this.#judge(own, true)
  }

  #forgetOld(): void {
    const over = this.#tracks.withAlert().filter(({ alert }) => alert.state === 'resolved')
    const old = over.sort((a, b) => b.alert.until! - a.alert.until!).slice(mostResolved)
    for (const { track, view } of old) track.dismiss(view.now)
    this.#judge(old, false)
  }

  #judge(tracks: Iterable<Tracked>, isNews: boolean): void {
    let changed = false
    for (const tracked of tracks) {
      const { id, track, alert: before, view } = tracked
      const now = Math.max(view.now, track.newest)
      const episode = track.episode(now)
      const alert = episode && makeAlert(tracked, episode, now, this.#seen.of(id, episode.since))
      const isSame = JSON.stringify(alert) === JSON.stringify(before)
      this.#tracks.judge(tracked, isSame ? before : alert)
      if (isSame) continue
      changed = true
      const fired = before?.state === 'firing' && before.since === alert?.since
      if (alert?.state === 'firing' && !fired) this.#told({ kind: 'fires', alert })
      if (isNews && alert?.state === 'resolved' && before?.state !== 'resolved') this.#told({ kind: 'over', alert })
    }
    if (changed) this.#changed()
  }

  #changed(): void {
    this.#sorted = undefined
    for (const listener of this.#listeners) listener()
  }
}
