import type { Alert } from '../../src/model/alert.js'
import type { DeadLetter, JobGraph, JobSummary } from '../../src/model/api.js'
import type { DemoStatus } from '../../src/model/demo-status.js'
import type { OnScreen } from './dom/on-screen.js'
import type { ViewStore } from './store/view-store.js'
import type { Connection } from './text/health-sentence.js'
import type { Outage } from './text/outage-sentence.js'

/** All that the sections draw from. */
export interface PageState {
  readonly jobs: readonly JobSummary[]
  readonly job: JobSummary | undefined
  readonly connection: Connection
  readonly silentMs: number
  /** The last loss of the connection, while there is something to say of it. */
  readonly outage: Outage | undefined
  readonly views: ReadonlyMap<string, ViewStore>
  readonly graph: JobGraph | undefined
  readonly deadLetters: readonly DeadLetter[]
  /** Of the job shown: firing, pending and lately resolved ones, as the server evaluates them. */
  readonly alerts: readonly Alert[]
  /** Of demos only. */
  readonly demo: DemoStatus | undefined
}

/** What every section may use. */
export interface PageContext {
  readonly job: string
  /** For a projector: nothing to press, nothing to scroll. */
  readonly isKiosk: boolean
  readonly screen: OnScreen
  /**
   * Something changed and should be drawn soon.
   * @param forReader the reader did something and waits for the answer
   */
  mark(forReader?: boolean): void
}

/** A part of the page. `draw` is called by the frame loop only, at most ten times a second. */
export interface Section {
  readonly root: HTMLElement
  draw(state: PageState): void
  dispose?(): void
}
