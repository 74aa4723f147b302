/** Edit distance with transpositions (optimal string alignment), for suggestions only. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}

/** What was given is cut before it is compared: the cost is bounded whatever a client sends. */
const longest = 64

/**
 * The known name that a misspelt one most likely means; undefined when none is near (more than a third of it differs).
 *
 * @example
 * closestName('colums', ['columns', 'from']) // 'columns'
 */
export function closestName(given: string, known: Iterable<string>): string | undefined {
  const text = given.slice(0, longest).toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(text.length / 3)) + 0.5
  for (const name of known) {
    const d = distance(text, name.slice(0, longest).toLowerCase())
    if (d < least) {
      least = d
      best = name
    }
  }
  return best
}
