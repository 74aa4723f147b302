/** Acknowledgements remembered; the oldest is forgotten first. */
const mostKept = 10_000

/** What people have seen, in memory: an alert that fires again after it was over needs to be seen again. */
export class Acknowledgements {
  readonly #seen = new Map<string, { readonly through: number; readonly at: number }>()

  /**
   * @param through event time of the newest row known when it was seen: what began later is another alert
   * @param at the job's clock
   */
  add(id: string, through: number, at: number): void {
    this.#seen.set(id, { through, at })
    if (this.#seen.size > mostKept) this.#seen.delete(this.#seen.keys().next().value!)
  }

  /** When an alert that began at `since` was seen. */
  of(id: string, since: number): number | undefined {
    const seen = this.#seen.get(id)
    return seen && since <= seen.through ? seen.at : undefined
  }
}
