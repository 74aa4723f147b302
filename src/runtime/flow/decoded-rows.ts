import type { Decoded, Rejection } from '../../codecs/decoder.js'

/** What is still asked of a chunk's rows once its pieces went through, one after the other: whose they are, and what was refused. */
export class DecodedRows {
  /** The message of each row. */
  messages = new Int32Array(0)
  length = 0
  readonly rejected: Rejection[] = []

  /** The pieces come in the order of their messages. */
  add({ messages, length, rejected }: Pick<Decoded, 'messages' | 'length' | 'rejected'>): void {
    const end = this.length + length
    if (end > this.messages.length) {
      const grown = new Int32Array(this.length === 0 ? end : Math.max(end, 2 * this.messages.length))
      grown.set(this.messages.subarray(0, this.length))
      this.messages = grown
    }
    this.messages.set(messages.subarray(0, length), this.length)
    this.length = end
    for (const rejection of rejected) this.rejected.push(rejection)
  }
}
