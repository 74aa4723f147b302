import type { Graph } from '../../job/graph.js'

/** Former ids that are remembered; the newest. */
const mostFormer = 1_000

/** Ids of the nodes and sinks that a job has and had, as far as its data folder tells: one that is gone may still be named. */
export class NodeNames {
  readonly #all = new Set<string>()

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#all.add(id)
  }

  addGraph({ plan, sinks }: Graph): void {
    this.add([...plan.nodes, ...sinks].map(({ id }) => id))
  }

  get all(): ReadonlySet<string> {
    return this.#all
  }

  /** For the next snapshot to name. */
  get kept(): readonly string[] {
    return [...this.#all].slice(-mostFormer)
  }
}
