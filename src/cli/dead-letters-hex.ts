const lineBytes = 16

/**
 * Bytes as `hexdump -C` shows them: place, sixteen bytes, the same as text with a dot for what is not printable ASCII.
 *
 * @example
 * hexLines(Uint8Array.of(123, 10)) // ['00000000  7b 0a                                            |{.|']
 */
export function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const part = [...bytes.subarray(at, at + lineBytes)]
    const hex = part.map((byte, i) => `${i === lineBytes / 2 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`).join(' ')
    const text = part.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(lineBytes * 3)} |${text}|`)
  }
  return lines
}
