const [lineFeed, carriageReturn] = [0x0a, 0x0d]
const key = [0x73, 0x65, 0x70, 0x3d]
const lowerCase = 0x20

/**
 * Where the line `sep=;`, by which Excel is told the delimiter, ends in bytes[start … filled − 1], its line break included; undefined
 * where there is no such line, or one of another delimiter.
 */
export function delimiterLineEnd(bytes: Uint8Array, start: number, filled: number, delimiter: number): number | undefined {
  if (!key.every((byte, i) => (bytes[start + i]! | lowerCase) === (byte | lowerCase))) return undefined
  let at = start + key.length
  if (bytes[at++] !== delimiter) return undefined
  if (bytes[at] === carriageReturn) at++
  return at < filled && bytes[at] === lineFeed ? at + 1 : undefined
}
