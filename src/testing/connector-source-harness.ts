import type { ConnectorContext, SourceSpec } from '../connector/source.js'

/** A fresh place that one case reads from: a queue, a topic, a file. */
export interface SourcePlace {
  /** The source that reads it. Opened anew it is the same reader to its peer: what was not settled comes to it again. */
  source(): SourceSpec<unknown>
  /** Adds messages with these texts, in order; resolves once the peer holds them all. */
  send(texts: readonly string[]): Promise<void>
  /** Breaks the connection under the reader without a goodbye; the peer stays. Absent where there is none. */
  cut?(): Promise<void> | void
  /** Takes the peer away and brings it back, with what it held. Absent where there is none. */
  readonly peer?: { stop(): Promise<void>; start(): Promise<void> }
  /** Removes the place. */
  close(): Promise<void>
}

/** What the author of a source gives the suite. */
export interface SourceHarness {
  /** As in `mqtt, QoS 1`. */
  readonly name: string
  place(): Promise<SourcePlace>
  /** Whether more may always come (a queue, a followed file), or there is an end (a file read once). */
  readonly endless: boolean
  /** What was not settled comes again when the source is opened anew. Default true. */
  readonly redelivers?: boolean
  /** A message comes again only after those before it: order holds over redeliveries. Default false. */
  readonly keepsOrder?: boolean
  /** The peer hands on in another order than it took in, now and then: only that each comes once is looked at. Default false. */
  readonly unordered?: boolean
  /** What waits while nobody asks is bounded by the peer's word alone, such as QoS 0. Default true: by `bufferBytes`. */
  readonly boundsMemory?: boolean
  /** The same place with credentials that its peer refuses. */
  refused?(): Promise<{ readonly source: SourceSpec<unknown>; close(): Promise<void> }>
  /** Texts that must appear in no parameter, status, log line or error. */
  readonly secrets?: readonly string[]
  /** Parts of the context that the source needs, such as its environment. */
  readonly context?: Partial<ConnectorContext>
}
