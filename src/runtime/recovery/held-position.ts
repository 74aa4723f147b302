import type { HeldPosition } from '../../connector/sink.js'
import type { GraphSink } from '../../job/graph.js'
import type { AcknowledgedNote } from '../../journal/journal.js'

/**
 * What a sink holds by a note of the journal. A note that tells no number of rows is of a release that gave rows without a window to
 * their sink batch by batch: what begins at its place now may be longer than what was acknowledged. Rather some rows are sent again
 * than lost; a transactional sink tells what it holds itself.
 */
export function heldPosition({ sink, position, rows }: AcknowledgedNote, sinks: readonly GraphSink[]): HeldPosition {
  if (rows !== undefined) return { ...position, rows }
  const to = sinks.find(({ id }) => id === sink)
  return to && !to.windowed && to.spec.promise?.guarantee !== 'transactional' ? { ...position, rows: 1 } : position
}
