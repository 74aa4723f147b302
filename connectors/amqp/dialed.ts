import type { Connection } from '../../src/amqp/rhea.js'
import type { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Endpoint } from './endpoint.js'

/** An open connection. `onLost` is called once, when it is gone for whatever reason. */
export interface Dialed {
  readonly connection: Connection
  readonly endpoint: Endpoint
  onLost(listener: (error: MillraceError, fatal: boolean) => void): void
  /** Ends it at once, without a goodbye. */
  destroy(): void
}
