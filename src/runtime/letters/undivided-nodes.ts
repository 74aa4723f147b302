import type { Plan } from '../../plan/plan.js'

/** Operators that make at most one row of a row. */
const oneForOne = new Set(['read', 'eventTime', 'where', 'select', 'derive', 'filterRows', 'mapRows', 'debug', 'merge'])

/**
 * The nodes that a row of a source reaches by one way alone, as the one row that its message became: where such a node
 * refuses it, nothing of the message has counted anywhere, and the whole of it may come in again.
 */
export function undividedNodes({ nodes }: Plan): ReadonlySet<string> {
  const readers = new Map<string, number>()
  for (const { inputs } of nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1)
  const undivided = new Set<string>()
  // Plans list nodes behind their inputs.
  for (const { id, op, inputs, kind } of nodes) {
    const alone = inputs.every(input => undivided.has(input) && readers.get(input) === 1)
    if ((kind === 'source' || oneForOne.has(op)) && alone) undivided.add(id)
  }
  return undivided
}
