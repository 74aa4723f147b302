/** Real time, injected so that tests and the simulator own it. */
export interface TimeSource {
  /** Ms since the epoch; may jump. The demo scales it. */
  wall(): number
  /** Monotonic ms from an arbitrary start; never scaled back. */
  monotonic(): number
  /** Calls back once after `ms` of this source's monotonic time; the result cancels. */
  after(ms: number, callback: () => void): () => void
  /** Ms, from an arbitrary start, in which this thread had work and the machine ran something else; absent where nobody tells. */
  readonly starved?: () => number
}

/** Randomness for back-off jitter and names, injected for the same reason. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  next(): number
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string
}

/** A line for the operator of Millrace; structured, never on stdout. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}
