/** The port of the HTTP API where none is named. */
export const httpPort = 8080

/** Options that `run`, `dev` and `demo` share. */
export interface ProcessOptions {
  /** `HOST:PORT`, or false for `--no-http`. */
  readonly http?: string | false
  /** Where the embedded AMQP node listens. */
  readonly amqp?: string
  readonly data?: string
  /** Live readers at a time, at most. */
  readonly liveReaders?: string
  /** True, or the address to be shared. */
  readonly share?: string | true
  readonly json?: boolean
  readonly quiet?: boolean
}
