import type { Graph } from '../job/graph.js'
import { BundleMap } from '../runtime/load/bundle-map.js'
import { type LoadedJob, loadJob } from '../runtime/load/load-job.js'
import { type PlanShape, planShape } from '../runtime/recovery/plan-shape.js'

/** A job as `millrace dev` watches it. */
export interface DevJob extends LoadedJob {
  /** A run of it that was never connected: its sources, sinks and plan. */
  readonly graph: Graph
  readonly shape: PlanShape
  /** The job file and every file of its own that it imports, absolute. */
  readonly inputs: readonly string[]
}

/** @throws as `loadJob`, and what the job function does wrong. */
export async function loadDevJob(path: string): Promise<DevJob> {
  const loaded = await loadJob(path)
  const graph = loaded.job.start({ bounded: false })
  const inputs = new BundleMap({ file: loaded.file, code: loaded.code }).files
  return { ...loaded, graph, shape: planShape(graph.plan), inputs: [...new Set([loaded.file, ...inputs])] }
}
