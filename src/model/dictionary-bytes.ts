import type { State } from './state.js'

/** The UTF-8 bytes of a dictionary's texts by id, in one arena that is compacted when half of it is holes. */
export class DictionaryBytes {
  bytes = new Uint8Array(256)
  starts = new Int32Array(16)
  lengths = new Int32Array(16)
  private end = 0
  private holes = 0

  /** Copies a text in under an id. */
  set(id: number, source: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.room(id, length)
    this.bytes.set(source.subarray(start, end), this.end)
    this.starts[id] = this.end
    this.lengths[id] = length
    this.end += length
  }

  delete(id: number): void {
    this.holes += this.lengths[id]!
    this.lengths[id] = 0
    if (this.holes < this.end) return
    this.end = 0
    this.holes = 0
  }

  view(id: number): Uint8Array {
    return this.bytes.subarray(this.starts[id]!, this.starts[id]! + this.lengths[id]!)
  }

  equals(id: number, source: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    if (this.lengths[id] !== length) return false
    const { bytes } = this
    const at = this.starts[id]!
    for (let i = 0; i < length; i++) if (bytes[at + i] !== source[start + i]) return false
    return true
  }

  /** For texts of ASCII characters alone. */
  equalsAscii(id: number, text: string): boolean {
    if (this.lengths[id] !== text.length) return false
    const { bytes } = this
    const at = this.starts[id]!
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
    return true
  }

  /** The texts of ids below `size`. */
  snapshot(size: number): State {
    const { bytes, end, holes } = this
    return { bytes: bytes.slice(0, end), holes, starts: this.starts.slice(0, size), lengths: this.lengths.slice(0, size) }
  }

  restore(state: State): void {
    const saved = state as { bytes: Uint8Array; holes: number; starts: Int32Array; lengths: Int32Array }
    const size = Math.max(16, saved.starts.length)
    this.bytes = new Uint8Array(Math.max(256, saved.bytes.length))
    this.bytes.set(saved.bytes)
    this.end = saved.bytes.length
    this.holes = saved.holes
    this.starts = new Int32Array(size)
    this.starts.set(saved.starts)
    this.lengths = new Int32Array(size)
    this.lengths.set(saved.lengths)
  }

  private room(id: number, length: number): void {
    if (id >= this.starts.length) {
      const size = Math.max(2 * this.starts.length, id + 1)
      const starts = new Int32Array(size)
      const lengths = new Int32Array(size)
      starts.set(this.starts)
      lengths.set(this.lengths)
      this.starts = starts
      this.lengths = lengths
    }
    if (this.end + length <= this.bytes.length) return
    const live = this.end - this.holes + length
    const old = this.bytes
    this.bytes = new Uint8Array(Math.max(old.length, 2 ** Math.ceil(Math.log2(2 * live))))
    this.end = 0
    this.holes = 0
    for (let i = 0; i < this.starts.length; i++) {
      const size = this.lengths[i]!
      if (size === 0) continue
      this.bytes.set(old.subarray(this.starts[i]!, this.starts[i]! + size), this.end)
      this.starts[i] = this.end
      this.end += size
    }
  }
}
