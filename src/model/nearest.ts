/** Edits (insert, delete, replace, swap of neighbours) between two texts, bounded: more than `limit` gives limit + 1. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      current.push(best)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}

/**
 * The known name that a misspelt one most likely means, for "did you mean": at most a third of its letters differ, or
 * one is the beginning of the other; case is ignored. Undefined when none is near.
 *
 * @example
 * nearest('tmep', ['temp', 'room']) // 'temp'
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  let least = limit + 1
  for (const candidate of known) {
    const [a, b] = [name.toLowerCase(), candidate.toLowerCase()]
    const begins = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))
    const edits = Math.min(distance(a, b, limit), begins ? limit : limit + 1)
    if (edits < least) {
      least = edits
      best = candidate
    }
  }
  return best
}
