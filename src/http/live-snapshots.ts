/** Different snapshots kept at one place of the flow. */
const mostKept = 16

/** The first events of new readers: made once for all who ask for the same at the same place of the flow. */
export class LiveSnapshots {
  #kept = new Map<string, Buffer>()
  #offset = -1

  /** What was made for this key at this offset, or is made now. */
  get(key: string, offset: number, make: () => Buffer): Buffer {
    if (offset !== this.#offset || this.#kept.size >= mostKept) this.forget()
    this.#offset = offset
    const kept = this.#kept.get(key) ?? make()
    this.#kept.set(key, kept)
    return kept
  }

  /** Rows that fell out of a view are not told of as changes; what is kept does not outlive them for long. */
  forget(): void {
    this.#kept.clear()
  }
}
