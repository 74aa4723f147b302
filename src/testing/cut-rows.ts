/** Where the rows of an entry are cut into batches: the first rows of all batches but the first, ascending. */
export type CutRows = (rows: number) => readonly number[]

/** How a test's rows reach the graph; results must not depend on it. */
export type Batches = 'whole' | 'single rows' | 'random cuts'

/** Equal seeds give equal cuts. */
export function cutRows(batches: Batches, seed: number): CutRows {
  const inner = (rows: number): number[] => Array.from({ length: Math.max(0, rows - 1) }, (_, i) => i + 1)
  if (batches === 'whole') return () => []
  if (batches === 'single rows') return inner
  const random = sequence(seed)
  return rows => inner(rows).filter(() => random() < 0.3)
}

/** A small linear congruential generator: cuts must be repeatable, not unpredictable. */
function sequence(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
