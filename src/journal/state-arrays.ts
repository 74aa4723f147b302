/** Typed arrays that a state may hold, by the kind of their parts in a file. Never renumbered. */
const kinds = {
  16: Uint8Array,
  17: Int8Array,
  18: Uint16Array,
  19: Int16Array,
  20: Uint32Array,
  21: Int32Array,
  22: Float32Array,
  23: Float64Array,
  24: BigInt64Array,
  25: BigUint64Array,
} as const

export type StateArray = InstanceType<(typeof kinds)[keyof typeof kinds]>

const byTag = new Map(Object.entries(kinds).map(([kind, type]) => [type.name, Number(kind)]))

/** The kind of a typed array (a `Buffer` is a `Uint8Array`); undefined for anything else. */
export const arrayKind = (value: object): number | undefined =>
  ArrayBuffer.isView(value) ? byTag.get((value as StateArray)[Symbol.toStringTag] ?? '') : undefined

/** An array of this kind with a copy of these bytes; undefined where there is no such kind, or the bytes do not fill it. */
export function arrayOf(kind: number, bytes: Uint8Array): StateArray | undefined {
  const type = kinds[kind as keyof typeof kinds]
  if (!type || bytes.length % type.BYTES_PER_ELEMENT !== 0) return undefined
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return new type(copy)
}
