import type { Alert } from '../../src/model/alert.js'
import type { DeadLetter, JobGraph, JobSummary } from '../../src/model/api.js'
import type { DemoStatus } from '../../src/model/demo-status.js'
import type { ViewStore } from './store/view-store.js'
import type { Connection } from './text/health-sentence.js'

/** All that the sections draw from. */
export interface PageState {
  readonly jobs: readonly JobSummary[]
  readonly job: JobSummary | undefined
  readonly connection: Connection
  readonly silentMs: number
  readonly views: ReadonlyMap<string, ViewStore>
  readonly graph: JobGraph | undefined
  readonly deadLetters: readonly DeadLetter[]
  /** Of the job shown: firing, pending and lately resolved ones, as the server evaluates them. */
  readonly alerts: readonly Alert[]
  /** Of demos only. */
  readonly demo: DemoStatus | undefined
}

/** A part of the page. `draw` is called by the frame loop only, at most ten times a second. */
export interface Section {
  readonly root: HTMLElement
  draw(state: PageState): void
  dispose?(): void
}
