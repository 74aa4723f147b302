/** All edges that leave one vertex towards the next layer, as columns: they share one horizontal line. */
export interface Bundle {
  readonly from: number
  readonly to: readonly number[]
}

/**
 * The row of each bundle's horizontal line between two layers, from 0; −1 for a bundle that goes straight down. Lines
 * that would overlap get different rows, and a line that ends above where another begins lies below that one, so that
 * no two edges seem to be one.
 */
export function edgeTracks(bundles: readonly Bundle[]): number[] {
  const tracks = new Array<number>(bundles.length).fill(-1)
  const span = ({ from, to }: Bundle): readonly [number, number] => [Math.min(from, ...to), Math.max(from, ...to)]
  const bent = bundles.flatMap((bundle, i) => (bundle.to.every(x => x === bundle.from) ? [] : [i]))
  const above = (a: number, b: number): boolean => bundles[b]!.to.includes(bundles[a]!.from)
  const waiting = new Set(bent)
  while (waiting.size > 0) {
    // A cycle of such demands has no solution: its first bundle goes first.
    const next = [...waiting].find(b => ![...waiting].some(a => a !== b && above(a, b))) ?? [...waiting][0]!
    waiting.delete(next)
    const [low, high] = span(bundles[next]!)
    let track = 0
    for (const other of bent) {
      if (tracks[other]! < 0) continue
      const [otherLow, otherHigh] = span(bundles[other]!)
      if ((otherLow <= high && low <= otherHigh) || above(other, next)) track = Math.max(track, tracks[other]! + 1)
    }
    tracks[next] = track
  }
  return tracks
}
