/** A pair of rows that belong together, or a row that stands alone on its side. */
export interface Aligned<A, B> {
  readonly actual?: A
  readonly expected?: B
  readonly same: boolean
}

/** Beyond so many pairs rows are compared place by place: the longest common subsequence costs their product. */
const mostPairs = 4_000_000

/**
 * Lays two lists of rows side by side: a longest common subsequence stays in line, and what lies between is paired from
 * the top, so that one missing row does not make all that follow look wrong.
 */
export function alignRows<A, B>(actual: readonly A[], expected: readonly B[], same: (a: A, b: B) => boolean): readonly Aligned<A, B>[] {
  const rows: Aligned<A, B>[] = []
  let a = 0
  let b = 0
  const between = (untilA: number, untilB: number): void => {
    while (a < untilA || b < untilB) {
      rows.push({ same: false, ...(a < untilA && { actual: actual[a++]! }), ...(b < untilB && { expected: expected[b++]! }) })
    }
  }
  for (const [i, j] of matches(actual, expected, same)) {
    between(i, j)
    rows.push({ actual: actual[a++]!, expected: expected[b++]!, same: true })
  }
  between(actual.length, expected.length)
  return rows
}

/** Index pairs of equal rows, ascending on both sides. */
function matches<A, B>(
  actual: readonly A[],
  expected: readonly B[],
  same: (a: A, b: B) => boolean,
): readonly (readonly [number, number])[] {
  const [n, m] = [actual.length, expected.length]
  const pairs: (readonly [number, number])[] = []
  if (n * m > mostPairs) {
    for (let i = 0; i < Math.min(n, m); i++) if (same(actual[i]!, expected[i]!)) pairs.push([i, i])
    return pairs
  }
  const width = m + 1
  /** longest[i * width + j]: length of the longest common subsequence of the rows from i and from j on. */
  const longest = new Uint32Array((n + 1) * width)
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const at = i * width + j
      longest[at] = same(actual[i]!, expected[j]!) ? longest[at + width + 1]! + 1 : Math.max(longest[at + width]!, longest[at + 1]!)
    }
  }
  for (let i = 0, j = 0; i < n && j < m; ) {
    const at = i * width + j
    if (same(actual[i]!, expected[j]!)) pairs.push([i++, j++])
    else if (longest[at + width]! >= longest[at + 1]!) i++
    else j++
  }
  return pairs
}
