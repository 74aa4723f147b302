import type { JobGraph } from '../../../src/model/api.js'

/** What is opened under the graph for one node or edge. */
export interface GraphPanel {
  readonly root: HTMLElement
  draw(graph: JobGraph, now: number): void
  dispose?(): void
}
