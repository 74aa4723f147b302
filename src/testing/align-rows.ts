/** A pair of rows that belong together, or a row that stands alone on its side. */
export interface Aligned<A, B> {
  readonly actual?: A
  readonly expected?: B
  readonly same: boolean
}

/** How alike two rows are: 1 the same, 0 nothing in common. */
export type Likeness<A, B> = (actual: A, expected: B) => number

/** Beyond so many pairs rows are compared place by place: the alignment costs their product. */
const mostPairs = 4_000_000
/** One pair of equal rows counts more than all rows that are only alike. */
const equalRows = 1e6
/** Rows with nothing in common are paired rather than left alone. */
const leastPair = 1e-3

/**
 * Lays two lists of rows side by side, in their order: as many equal rows as can be, and between them those that are most
 * alike, so that one missing row does not make all that follow look wrong.
 */
export function alignRows<A, B>(actual: readonly A[], expected: readonly B[], likeness: Likeness<A, B>): readonly Aligned<A, B>[] {
  const rows: Aligned<A, B>[] = []
  let a = 0
  let b = 0
  const alone = (untilA: number, untilB: number): void => {
    while (b < untilB) rows.push({ expected: expected[b++]!, same: false })
    while (a < untilA) rows.push({ actual: actual[a++]!, same: false })
  }
  for (const [i, j] of pairs(actual, expected, likeness)) {
    alone(i, j)
    rows.push({ actual: actual[a++]!, expected: expected[b++]!, same: likeness(actual[i]!, expected[j]!) === 1 })
  }
  alone(actual.length, expected.length)
  return rows
}

/** Indices of the rows that stand in one line, ascending on both sides. */
function pairs<A, B>(actual: readonly A[], expected: readonly B[], likeness: Likeness<A, B>): readonly (readonly [number, number])[] {
  const [n, m] = [actual.length, expected.length]
  if (n * m > mostPairs) return Array.from({ length: Math.min(n, m) }, (_, i) => [i, i] as const)
  const width = m + 1
  const weight = (i: number, j: number): number => {
    const alike = likeness(actual[i]!, expected[j]!)
    return alike === 1 ? equalRows : alike + leastPair
  }
  /** best[i * width + j]: what the rows from i and from j on are worth. */
  const best = new Float64Array((n + 1) * width)
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const at = i * width + j
      best[at] = Math.max(best[at + width + 1]! + weight(i, j), best[at + width]!, best[at + 1]!)
    }
  }
  const found: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < n && j < m; ) {
    const at = i * width + j
    if (best[at] === best[at + width]) i++
    else if (best[at] === best[at + 1]) j++
    else found.push([i++, j++])
  }
  return found
}
