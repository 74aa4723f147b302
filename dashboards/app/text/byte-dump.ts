/** A line of a dump: where it begins, its bytes in hex, and the same as text with unprintable ones as ·. */
export interface DumpLine {
  readonly at: string
  readonly hex: string
  readonly text: string
}

/**
 * Bytes as people look at them, sixteen a line.
 * @example
 * byteDump(new Uint8Array([0x7b, 0x7d, 0])) // [{ at: '0000', hex: '7b 7d 00', text: '{}·' }]
 */
export const byteDump = (bytes: Uint8Array, perLine = 16): readonly DumpLine[] => {
  const lines: DumpLine[] = []
  for (let at = 0; at < bytes.length; at += perLine) {
    const piece = [...bytes.subarray(at, at + perLine)]
    lines.push({
      at: at.toString(16).padStart(4, '0'),
      hex: piece.map(byte => byte.toString(16).padStart(2, '0')).join(' '),
      text: piece.map(byte => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
    })
  }
  return lines
}
