import type { ViewInfo } from '../../../src/model/api.js'
import { definitionsVersion, type LoadedDashboard, loadDashboard } from './load-dashboard.js'

/** The dashboard of one job, and whether an edit has changed it since. */
export class FollowedDashboard {
  readonly #job: string
  /** Of the definitions that are shown. */
  #version: string | undefined
  /** Of the last look. */
  #seen: string | undefined
  #shown = ''

  constructor(job: string) {
    this.#job = job
  }

  async load(views: readonly ViewInfo[]): Promise<LoadedDashboard> {
    this.#version = await definitionsVersion()
    const loaded = await loadDashboard(this.#job, views)
    this.#shown = JSON.stringify(loaded)
    return loaded
  }

  /** What it says now, where that is something new. Mistakes count when they have stood for two looks: editors write in pieces. */
  async look(views: readonly ViewInfo[]): Promise<LoadedDashboard | undefined> {
    const version = await definitionsVersion()
    if (version === undefined || version === this.#version) return undefined
    const loaded = await loadDashboard(this.#job, views)
    const hasStood = version === this.#seen
    this.#seen = version
    if (loaded.problems.length > 0 && !hasStood) return undefined
    this.#version = version
    const text = JSON.stringify(loaded)
    if (text === this.#shown) return undefined
    this.#shown = text
    return loaded
  }
}
