import type { GraphSink } from '../../job/graph.js'

/** The id of a sink's or view's node in the plan: `view:climate`, `sink:alerts`. */
export const sinkNode = ({ id, spec }: GraphSink): string => `${spec.kind}:${id}`
