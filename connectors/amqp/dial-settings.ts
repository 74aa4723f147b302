import type { TlsSettings } from '../../src/connector/tls-settings.js'
import type { Log, TimeSource } from '../../src/model/seams.js'

export interface DialSettings {
  readonly containerId: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: TlsSettings
  /** The peer must send something at least this often, ms. */
  readonly idleTimeoutMs: number
  readonly timeoutMs: number
  /** Told once when the peer keeps us waiting: a sentence about what is missing. */
  readonly onQuiet?: (words: string) => void
  /** Gives up an attempt that is under way. */
  readonly signal?: AbortSignal
  readonly time: TimeSource
  readonly log: Log
}
