/**
 * A state as bytes: parts, each a head of 16 bytes (u32 kind, u32 zero, u64 length; little-endian, as are all numbers),
 * its bytes, and zeros up to a multiple of 8. A part of kind 16 … 25 holds a typed array as it lies in memory; kinds 0 to
 * 2 hold JSON: 0 a stretch of a list, 1 a stretch of an object's members, 2 the value itself, which is the last part.
 * Parts count from 0. In JSON a string that begins with `$` stands for what JSON cannot say:
 *
 * | string | stands for |
 * |---|---|
 * | `$$…` | the string `$…` |
 * | `$NaN`, `$Infinity`, `$-Infinity`, `$-0` | that number |
 * | `$#n` | the typed array of part n |
 * | `$[a,b,…` | the list that parts a, b, … hold, one behind the other |
 * | `${a,b,…` | the same of an object |
 */

export const headBytes = 16
export const partKinds = { list: 0, members: 1, root: 2 } as const
/** The code of `$`. Begins the strings that stand for something else. */
export const dollar = 36

/** Assigning `__proto__` would change what the object inherits. */
export function setMember(target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<string, unknown>)[key] = value
}
