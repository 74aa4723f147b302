/** Numbers of entries that follow each other: `1…328`, or `11` alone. */
export const entryRange = ({ first, last }: { readonly first: number; readonly last: number }): string =>
  first === last ? String(first) : `${first}…${last}`
