import type { Plant } from '../plant.js'

/** A connector that promises too much, and a label that believes it. */
export const sinkSaysMore: Plant = {
  name: 'sink-says-more',
  what: 'a sink whose peer keeps repeats says that it drops them, so that the job is labelled exactly once',
  sink: writer => (writer.guarantee === 'append' ? { ...writer, guarantee: 'idempotent' } : writer),
}
