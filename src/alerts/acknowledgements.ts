/** Acknowledgements remembered; the oldest is forgotten first. */
export const mostAcknowledged = 10_000

/** That somebody has seen an alert. */
export interface Acknowledged {
  readonly id: string
  readonly job: string
  /** Event time of the newest row known when it was seen: what began later is another alert. */
  readonly through: number
  /** The job's clock, ms since the epoch. */
  readonly at: number
}

/** What people have seen: an alert that fires again after it was over needs to be seen again. */
export class Acknowledgements {
  readonly #seen = new Map<string, Acknowledged>()

  add(seen: Acknowledged): void {
    this.#seen.delete(seen.id)
    this.#seen.set(seen.id, seen)
    if (this.#seen.size > mostAcknowledged) this.#seen.delete(this.#seen.keys().next().value!)
  }

  /** When an alert that began at `since` was seen. */
  of(id: string, since: number): number | undefined {
    const seen = this.#seen.get(id)
    return seen && since <= seen.through ? seen.at : undefined
  }

  /** Those of a job, oldest first. */
  ofJob(job: string): readonly Acknowledged[] {
    return [...this.#seen.values()].filter(seen => seen.job === job)
  }
}
