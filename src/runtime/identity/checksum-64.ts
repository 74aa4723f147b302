const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/**
 * A 64-bit checksum of the bytes start … end − 1 under a key, as two 32-bit words written to `out` at `to`. Each step maps
 * the 64 bits so far one to one, so messages of one length that differ within one of their words of eight bytes only never
 * have the same checksum. Not made to withstand someone who knows the key.
 */
export function checksum64(view: DataView, start: number, end: number, key: number, out: Uint32Array, to = 0): void {
  let a = key ^ (end - start)
  let b = key ^ 0x9e3779b9
  let at = start
  for (; at + 8 <= end; at += 8) {
    a = (Math.imul(rotate(a ^ view.getInt32(at, true), 15), 0x9e3779b1) + b) | 0
    b = (Math.imul(rotate(b ^ view.getInt32(at + 4, true), 13), 0x85ebca77) + a) | 0
  }
  let rest = 0
  let bits = 0
  for (; at < end; at++, bits += 8) {
    if (bits === 32) {
      a = (Math.imul(rotate(a ^ rest, 15), 0x9e3779b1) + b) | 0
      rest = 0
    }
    rest |= view.getUint8(at) << bits
  }
  b = (Math.imul(rotate(b ^ rest, 13), 0x85ebca77) + a) | 0
  // What the last bytes did must reach all bits of both.
  for (let i = 0; i < 2; i++) {
    a = (Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) + b) | 0
    b = (Math.imul(b ^ (b >>> 13), 0x297a2d39) + a) | 0
  }
  out[to] = a
  out[to + 1] = b
}
