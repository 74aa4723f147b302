const pattern = /^(\d{10})-(\d{16})\.seg$/

/** `0000000003-0000000000000125.seg`: its epoch and the number of its first record, so that names sort as they follow each other. */
export const segmentName = (epoch: number, first: number): string =>
  `${String(epoch).padStart(10, '0')}-${String(first).padStart(16, '0')}.seg`

/** Undefined where the name is not that of a segment. */
export function parseSegmentName(name: string): { readonly epoch: number; readonly first: number } | undefined {
  const match = pattern.exec(name)
  return match ? { epoch: Number(match[1]), first: Number(match[2]) } : undefined
}
