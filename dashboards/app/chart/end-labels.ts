/** One series' label at the end of its line. */
export interface EndLabel {
  readonly name: string
  readonly value: string
  readonly colour: string
  /** Where the line ends, in canvas pixels. */
  readonly y: number
}

/**
 * Places labels beside their line ends so that none covers another: in order of height, pushed apart by the line height,
 * and kept inside the plot. Returns one y for each label, in the given order.
 * @example
 * spreadLabels([100, 101], 16, 0, 200) // [92.5, 108.5]
 */
export const spreadLabels = (wanted: readonly number[], lineHeight: number, top: number, bottom: number): number[] => {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!)
  const groups: { centre: number; members: number[] }[] = []
  for (const i of order) {
    let group = { centre: wanted[i]!, members: [i] }
    for (;;) {
      const before = groups.at(-1)
      if (!before) break
      const needed = ((before.members.length + group.members.length) * lineHeight) / 2
      if (group.centre - before.centre >= needed) break
      groups.pop()
      const members = [...before.members, ...group.members]
      group = { centre: members.reduce((sum, m) => sum + wanted[m]!, 0) / members.length, members }
    }
    const half = ((group.members.length - 1) * lineHeight) / 2
    group.centre = Math.max(top + half, Math.min(bottom - half, group.centre))
    groups.push(group)
  }
  const placed = new Array<number>(wanted.length).fill(0)
  for (const group of groups) {
    group.members.forEach((member, at) => {
      placed[member] = group.centre + (at - (group.members.length - 1) / 2) * lineHeight
    })
  }
  return placed
}
