import type { SinkSpec } from '../connector/sink.js'
import type { ConnectorContext } from '../connector/source.js'
import type { SuiteRow } from './connector-rows.js'

/** A fresh place that one case writes to. */
export interface SinkPlace {
  sink(): SinkSpec<SuiteRow>
  /** What the peer holds, in the order in which it came: the fields of each row as the sink's format says them, times as RFC 3339 or ms. */
  received(): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Breaks the connection under the writer without a goodbye. Absent where there is none. */
  cut?(): Promise<void> | void
  /** Takes the peer away and brings it back, with what it held. Absent where there is none. */
  readonly peer?: { stop(): Promise<void>; start(): Promise<void> }
  close(): Promise<void>
}

/** What the author of a sink gives the suite. */
export interface SinkHarness {
  readonly name: string
  place(): Promise<SinkPlace>
  /** Values of the sink's own expressions for a row, by name: what `topic: r => …` would give. */
  readonly computed?: (row: SuiteRow) => Readonly<Record<string, string | null>>
  /** Characters of a text that makes a row too large for the peer, where there is a limit: such rows alone are refused. */
  readonly tooLarge?: number
  /** Rows may arrive in another order than they were written. Default false. */
  readonly unordered?: boolean
  /** The same place with credentials that its peer refuses. */
  refused?(): Promise<{ readonly sink: SinkSpec<SuiteRow>; close(): Promise<void> }>
  readonly secrets?: readonly string[]
  readonly context?: Partial<ConnectorContext>
}
