/** Messages of a chunk to be decoded together. */
export interface ChunkPiece {
  /** 1 where a message is not of them, or is left out in any case; valid until the next piece. */
  readonly omit: Uint8Array | undefined
  readonly messages: number
}

/**
 * A chunk in pieces of `size()` messages, in order; one piece, if it has none. Decoders read the whole chunk and leave out
 * what is not of the piece, so any of them can be asked for a part.
 */
export function* chunkPieces(length: number, omit: Uint8Array | undefined, size: () => number): Generator<ChunkPiece> {
  if (length <= size()) {
    yield { omit, messages: length }
    return
  }
  const others = new Uint8Array(length).fill(1)
  for (let from = 0; from < length; ) {
    const to = Math.min(length, from + size())
    if (omit) others.set(omit.subarray(from, to), from)
    else others.fill(0, from, to)
    yield { omit: others, messages: to - from }
    others.fill(1, from, to)
    from = to
  }
}
