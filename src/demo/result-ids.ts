/** Ids remembered, so that a demo left running for days stays small. */
const most = 20_000

/** The ids of results that consumers have received: a second one of the same id was sent twice. */
export class ResultIds {
  readonly #ids = new Set<string>()
  received = 0
  repeated = 0

  see(id: unknown): void {
    this.received++
    const text = String(id)
    if (this.#ids.has(text)) this.repeated++
    this.#ids.add(text)
    if (this.#ids.size > most) for (const oldest of this.#ids) return void this.#ids.delete(oldest)
  }
}
