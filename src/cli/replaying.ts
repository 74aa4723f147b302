import type { LoadedJob } from '../runtime/load/load-job.js'
import type { SideEvents, StretchSummary } from '../runtime/replay/replay-stretch.js'

export interface ReplayOptions {
  readonly data?: string
  readonly from?: string
  readonly to?: string
  readonly into?: string
  readonly compare?: boolean
  readonly show: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** A replay as the command line asked for it. */
export interface Replaying {
  readonly loaded: LoadedJob
  readonly options: ReplayOptions
  /** Runs it; `drained` holds it back between entries. */
  run(now: SideEvents, before?: SideEvents, drained?: () => Promise<void> | undefined): Promise<StretchSummary>
  /** A line for the person at the terminal. */
  say(text: string): void
}
