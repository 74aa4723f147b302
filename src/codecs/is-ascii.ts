/** True where all of bytes[start … end − 1] are below 0x80. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0
  for (let i = start; i < end; i++) all |= bytes[i]!
  return all < 0x80
}
