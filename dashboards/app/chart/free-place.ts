import type { ChartData } from './chart-data.js'
import type { PlotScale } from './line-path.js'

/** A rectangle on the canvas, in its pixels: y grows downwards. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How many pieces of the lines go through a box. */
export const crossings = (box: Box, { x, values, gap }: Pick<ChartData, 'x' | 'values' | 'gap'>, scale: PlotScale): number => {
  let crossed = 0
  // Of thousands of points only those about the box are looked at: each picture asks for each place of each limit.
  const first = firstNotLeftOf(box.left, x, scale)
  for (const line of values) {
    let before = first - 1
    while (before >= 0 && Number.isNaN(line[before]!)) before--
    for (let i = first; i < x.length; i++) {
      if (Number.isNaN(line[i]!)) continue
      const isBroken = before < 0 || x[i]! - x[before]! > gap
      if (goesThrough(box, scale, x, line, isBroken ? i : before, i)) crossed++
      before = i
      if (scale.x(x[i]!) > box.right) break
    }
  }
  return crossed
}

/** Index of the first time that stands at or behind a place; as many as there are where none does. */
const firstNotLeftOf = (left: number, x: Float64Array, scale: PlotScale): number => {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (scale.x(x[middle]!) < left) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether the straight piece between two points of a line, or one point alone, touches a box. */
const goesThrough = (box: Box, scale: PlotScale, x: Float64Array, line: Float64Array, a: number, b: number): boolean => {
  const [fromX, toX] = [scale.x(x[a]!), scale.x(x[b]!)]
  if (toX < box.left || fromX > box.right) return false
  const [fromY, toY] = [scale.y(line[a]!), scale.y(line[b]!)]
  const at = (left: number): number => (toX === fromX ? fromY : fromY + ((toY - fromY) * (left - fromX)) / (toX - fromX))
  const enters = at(Math.max(box.left, fromX))
  const leaves = toX === fromX ? toY : at(Math.min(box.right, toX))
  return Math.min(enters, leaves) <= box.bottom && Math.max(enters, leaves) >= box.top
}

const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/**
 * Of some boxes the one that lies on the fewest of `taken`, then the one that the fewest lines cross; of equals the first.
 *
 * @param kept one of them that is taken again unless another one is far better, or free: words must not hop as lines move
 */
export const freestBox = <B extends Box>(
  boxes: readonly B[],
  taken: readonly Box[],
  crossed: (box: Box) => number,
  kept?: B,
): B | undefined => {
  const costs = new Map(boxes.map(box => [box, [taken.filter(other => overlap(box, other)).length, crossed(box)] as const]))
  const best = [...boxes].sort((a, b) => costs.get(a)![0] - costs.get(b)![0] || costs.get(a)![1] - costs.get(b)![1])[0]
  const before = kept && costs.get(kept)
  if (!best || !before) return best
  const [words, lines] = costs.get(best)!
  return before[0] <= words && before[1] <= 2 * lines ? kept : best
}
