const c1 = 0x239b961b
const c2 = 0xab0e9789
const c3 = 0x38b34ae5
const c4 = 0xa1e38b93

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The last bytes from `at` on, at most four; those that are missing count as zeros. */
function word(view: DataView, at: number, end: number): number {
  if (at + 4 <= end) return view.getInt32(at, true)
  let value = 0
  for (let i = 0; at + i < end; i++) value |= view.getUint8(at + i) << (8 * i)
  return value
}

/**
 * A 128-bit hash of the bytes start … end − 1 under a key, as four 32-bit words written to `out` at `to`; MurmurHash3
 * (x86, 128 bits) by Austin Appleby. Not made to withstand someone who knows the key.
 */
export function hash128(view: DataView, start: number, end: number, key: number, out: Uint32Array, to = 0): void {
  let h1 = key
  let h2 = key
  let h3 = key
  let h4 = key
  let at = start
  for (; at + 16 <= end; at += 16) {
    h1 ^= Math.imul(rotate(Math.imul(view.getInt32(at, true), c1), 15), c2)
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0
    h2 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 4, true), c2), 16), c3)
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0
    h3 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 8, true), c3), 17), c4)
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0
    h4 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 12, true), c4), 18), c1)
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0
  }
  if (at + 12 < end) h4 ^= Math.imul(rotate(Math.imul(word(view, at + 12, end), c4), 18), c1)
  if (at + 8 < end) h3 ^= Math.imul(rotate(Math.imul(word(view, at + 8, end), c3), 17), c4)
  if (at + 4 < end) h2 ^= Math.imul(rotate(Math.imul(word(view, at + 4, end), c2), 16), c3)
  if (at < end) h1 ^= Math.imul(rotate(Math.imul(word(view, at, end), c1), 15), c2)
  const length = end - start
  h1 ^= length
  h2 ^= length
  h3 ^= length
  h4 ^= length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  h1 = finish(h1)
  h2 = finish(h2)
  h3 = finish(h3)
  h4 = finish(h4)
  h1 = (h1 + h2 + h3 + h4) | 0
  out[to] = h1
  out[to + 1] = h2 + h1
  out[to + 2] = h3 + h1
  out[to + 3] = h4 + h1
}
