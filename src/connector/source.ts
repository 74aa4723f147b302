import type { DecoderSpec } from '../codecs/decoder.js'
import type { Chunk } from '../model/chunk.js'
import type { Json } from '../model/json.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'

/** What becomes of one delivery, in the words of AMQP 1.0 part 3 §3.4. */
export type Outcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'released' }
  | { readonly outcome: 'rejected'; readonly condition: string; readonly description: string }
  | { readonly outcome: 'modified'; readonly deliveryFailed?: boolean; readonly undeliverableHere?: boolean }

/** What a peer had kept for a source and lost: messages may be missing from what the job has counted. */
export interface SourceLoss {
  readonly times: number
  /** Wall time, ms since the epoch, at which it was noticed last. */
  readonly at: number
}

/** How a source fares, for status pages and the clock rules. */
export interface SourceStatus {
  readonly connected: boolean
  /** Attached, credit outstanding, nothing left to read: only then do its clocks run. */
  readonly live: boolean
  /** One short sentence: `attached to telemetry, credit 1,000`, `waits for the broker: connection refused, next try in 2 s`. */
  readonly detail: string
  readonly endpoint?: string
  readonly credit?: number
  readonly unsettled?: number
  readonly bufferedBytes?: number
  readonly reconnects?: number
  /** Messages so far that their sender had settled before they arrived: a crash may lose such. */
  readonly presettled?: number
  /** What its peer has lost, as far as is known; with a journal, over restarts too. */
  readonly lost?: SourceLoss
  /** Ms of monotonic time since it is not connected. */
  readonly downSince?: number
  readonly error?: { readonly code: string; readonly message: string }
}

/**
 * Gives chunks when asked and is told what became durable. `next` resolves with the next chunk as soon as one message
 * is there, or with undefined at the end of a bounded input; it rejects with a MillraceError when the source cannot go
 * on without the supervisor. Reconnecting is the reader's own business and shows in `status`.
 */
export interface SourceReader {
  next(): Promise<Chunk | undefined>
  /** Everything up to and including this receipt is accepted, but for the exceptions (index counts within that chunk). */
  settle(receipt: number, exceptions?: readonly { readonly receipt: number; readonly index: number; readonly outcome: Outcome }[]): void
  status(): SourceStatus
  /** `release`: give back what was not settled, stop credit, close. `drain`: stop credit at once; `next` still gives what has arrived, then undefined. */
  close(how: 'release' | 'drain'): Promise<void>
}

/** What the runtime lends to a source or sink while it is open. */
export interface ConnectorContext {
  readonly job: string
  /** The id of the source or sink in the job. */
  readonly id: string
  readonly time: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  /** The address of the embedded AMQP node, `amqp://127.0.0.1:5672`; undefined where none runs. */
  readonly embeddedNode: string | undefined
  /** The name of the job's journal, whose entries positions count; absent where nothing outlives the process. */
  readonly journal?: string
  /** Of a source whose chunks carry positions: the last that the job has taken in of each partition. */
  readonly positions?: ReadonlyMap<number, string>
  /** Bytes that may wait in the connector's own buffers. */
  readonly bufferBytes: number
}

/** One finding of `millrace validate`. */
export interface CheckResult {
  readonly ok: boolean
  /** A sentence: `amqp://127.0.0.1:5672 answered as ActiveMQ Artemis`. */
  readonly message: string
  readonly code?: string
  /** An absent peer is a warning, wrong credentials an error. */
  readonly severity?: 'warning' | 'error'
  /** Further facts, one a line. */
  readonly notes?: readonly string[]
  /** What to do, where that is more than the remedy of the code. */
  readonly hint?: string
}

/** How a message's identity is found, for counting duplicates. */
export type IdSpec =
  | { readonly from: 'message-id' }
  | { readonly from: 'application-property'; readonly key: string }
  | { readonly from: 'body'; readonly path: readonly string[] }

/** What a source's peer does with messages that a crash comes between, as pure data: guarantees are derived from it. */
export interface SourcePromise {
  /**
   * A message that was given and not accepted: it comes `again`, or is `gone`; a `log` is read on from where the journal
   * ends, without loss or repeat.
   */
  readonly unaccepted: 'again' | 'gone' | 'log'
  /** What is sent while the job is away: `kept` by the peer or its sender, or `gone`. */
  readonly meanwhile: 'kept' | 'gone'
  /** The peer or a sender may send a message twice; only an id tells. */
  readonly repeats: boolean
  /** Who else takes messages from the same place: nobody, nobody as far as is known, or others by intent. */
  readonly readers: 'one' | 'assumed-one' | 'several'
  /** Senders choose: what they settle before it arrives is never sent again. */
  readonly presettled?: boolean
  /** What else its promise takes for granted, as a sentence. */
  readonly remark?: string
}

/** A source as a job file names it: inert data and the way to open it. */
export interface SourceSpec<out T> {
  readonly rowType?: T
  readonly connector: string
  /** Pure data for the plan: address, kind, selector, …; never a secret. */
  readonly params: { readonly [key: string]: Json }
  readonly decoder: DecoderSpec<T>
  readonly id: IdSpec | undefined
  /** Absent: nothing is known, and nothing promised. */
  readonly promise?: SourcePromise
  /** It needs the embedded node unless the environment names a broker. */
  readonly usesEmbeddedNode: boolean
  /**
   * Throws what `open` would throw because of options and environment alone: a broker that nobody named, a variable that is
   * not set. Opens and touches nothing; asked before a job starts. Absent: `open` tells.
   */
  checkSettings?(context: ConnectorContext): void
  open(context: ConnectorContext): Promise<SourceReader>
  /** For sources that are logs themselves: reads a chunk again by the `reference` that it carried. */
  openLog?(context: ConnectorContext): Promise<SourceLog>
  /** Where a message lies in its source, for the reasons of dead letters: `data/a.csv line 12`. Pure: it is asked in replays, too. */
  placeOf?(chunk: Chunk, message: number): string | undefined
  /** Tries to reach the peer within `timeoutMs`, for `validate`. */
  check(context: ConnectorContext, timeoutMs: number): Promise<readonly CheckResult[]>
}

/** The past of a source that is a log. */
export interface SourceLog {
  /** The very chunk that carried this reference, byte for byte; valid until the next call. Rejects where it is gone. */
  read(partition: number, reference: string): Promise<Chunk>
  close(): Promise<void>
}
