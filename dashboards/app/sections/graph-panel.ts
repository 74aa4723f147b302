import type { JobGraph, JobSummary } from '../../../src/model/api.js'

/** What is opened under the graph for one node or edge. */
export interface GraphPanel {
  readonly root: HTMLElement
  draw(graph: JobGraph, job: JobSummary): void
  dispose?(): void
}
