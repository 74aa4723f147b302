/** What the supervisor does when an error with this code reaches it; one to `refuse` belongs to a request, a command or a page, and reaches no job. */
export type ErrorAction = 'retry' | 'back-off' | 'dead-letter' | 'drain' | 'stop' | 'refuse'

/** One page of the error catalogue. Texts are plain sentences; `millrace explain CODE` prints them. */
export interface ErrorEntry {
  /** A few words, lower case, as printed after the code. */
  readonly title: string
  /** What happened and why Millrace minds. */
  readonly cause: string
  /** What to do about it. */
  readonly remedy: string
  readonly action: ErrorAction
}

/** Keeps the literal codes of a table as a type, so that an unknown code does not compile. */
export const entries = <const T extends Readonly<Record<`MR${number}`, ErrorEntry>>>(table: T): T => table
