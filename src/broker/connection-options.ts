import type { Log, TimeSource } from '../model/seams.js'
import type { Authenticator } from './authenticator.js'
import type { Connection } from './connection.js'
import type { Directory } from './directory.js'

/** What all connections of a node share. */
export interface ConnectionOptions {
  readonly containerId: string
  /** Of our open, encoded. */
  readonly properties: Buffer
  readonly maxFrameSize: number
  readonly maxMessageSize: number
  readonly authenticator: Authenticator
  readonly directory: Directory
  readonly time: TimeSource
  readonly log: Log
  readonly onClosed: (connection: Connection) => void
}
