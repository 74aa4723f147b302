/**
 * Texts as dense integer ids, shared by a decoder and the keyed state behind it. State that keeps an id calls
 * `retain` and later `release`; `sweep`, called at rest between two journal entries, frees ids that nobody kept, so
 * ids are a function of the input alone.
 */
export interface Dictionary {
  /** Number of id slots in use or free: every id is below it. */
  readonly size: number
  /** The id of a text, allocated if new. */
  intern(text: string): number
  /** The id of UTF-8 bytes, allocated if new; no string is made for a known key. */
  internBytes(bytes: Uint8Array, start: number, end: number): number
  text(id: number): string
  retain(id: number): void
  release(id: number): void
  sweep(): void
}
