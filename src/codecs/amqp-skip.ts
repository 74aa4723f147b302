/**
 * AMQP 1.0 part 1 §1.6: "The subcategory … nibble … of the constructor … 0x4 Empty, 0x5 Fixed-One, 0x6 Fixed-Two, 0x7
 * Fixed-Four, 0x8 Fixed-Eight, 0x9 Fixed-Sixteen, 0xA Variable-One, 0xB Variable-Four, 0xC Compound-One, 0xD
 * Compound-Four, 0xE Array-One, 0xF Array-Four." Only the constructors that the standard defines are let through.
 */
const defined = [
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72, 0x73, 0x74, 0x80, 0x81, 0x82,
  0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0,
]

/** Bytes of a fixed-width value by constructor; −1: one byte of size, −4: four bytes of size, −128: no such constructor. */
export const widthOf = new Int8Array(256).fill(-128)
const widthByNibble = [0, 1, 2, 4, 8, 16, -1, -4, -1, -4, -1, -4]
for (const code of defined) widthOf[code] = widthByNibble[(code >> 4) - 4]!

/** Four bytes, big-endian, unsigned. */
export const uint32At = (bytes: Uint8Array, at: number): number =>
  bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)

/** The position behind the value whose constructor is at `at`, or −1 where it is malformed or leaves `end`. Compounds are not entered. */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  // "A described format code consists of a 0x00 octet, a descriptor and a constructor" (§1.2): two values stand for one.
  for (let values = 1; values > 0; values--) {
    while (at < end && bytes[at] === 0x00) {
      values++
      at++
    }
    if (at >= end) return -1
    const width = widthOf[bytes[at++]!]!
    if (width >= 0) at += width
    else if (width === -1 && at < end) at += 1 + bytes[at]!
    else if (width === -4 && at + 4 <= end) at += 4 + uint32At(bytes, at)
    else return -1
    if (at > end) return -1
  }
  return at
}
