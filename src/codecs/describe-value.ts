const longest = 40

/** A value as error texts name it, cut to a readable length: `the text "hot"`, `a list`, `23`. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value)}`
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return `binary of ${value.length} bytes`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'a time out of range' : `the time ${value.toISOString()}`
  return 'a map'
}
