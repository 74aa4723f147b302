import type { Graph } from '../../job/graph.js'

/** Dropped names that are remembered; the newest. */
const mostDropped = 1_000

/** Ids of the nodes and sinks that a job has and had, as far as its data folder tells. */
export class NodeNames {
  readonly all = new Set<string>()
  readonly #dropped = new Set<string>()

  addGraph({ plan, sinks }: Graph): void {
    this.add([...plan.nodes, ...sinks].map(({ id }) => id))
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) this.all.add(id)
  }

  /** Their state was given up, now or at an earlier start: the option may stand in a start script. */
  drop(ids: Iterable<string>): void {
    for (const id of ids) {
      this.all.add(id)
      this.#dropped.add(id)
    }
  }

  /** For the next snapshot to name. */
  get dropped(): readonly string[] {
    return [...this.#dropped].slice(-mostDropped)
  }
}
