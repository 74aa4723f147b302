/** Smallest share of the bar that a part which exists gets, so that it can be seen. */
const leastShare = 0.035

/** Shares of a bar: true proportions, but no part that exists is thinner than can be seen. The sum is 1. */
export const barShares = (parts: readonly number[]): readonly number[] => {
  const total = parts.reduce((sum, part) => sum + part, 0)
  if (total <= 0) return parts.map(() => 0)
  const small = parts.map(part => part > 0 && part / total < leastShare)
  const kept = 1 - small.filter(Boolean).length * leastShare
  const large = parts.reduce((sum, part, i) => sum + (small[i] ? 0 : part), 0)
  return parts.map((part, i) => (part <= 0 ? 0 : small[i] ? leastShare : (part / large) * kept))
}
