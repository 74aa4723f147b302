/**
 * Many encoded messages of one source partition in one buffer. Valid until the next call of `next()` of its reader;
 * who keeps it copies. What the socket gave is what the decoder reads, now or in a replay.
 */
export interface Chunk {
  /** How each message is encoded: an AMQP 1.0 message (sections header … footer), or bare body bytes. */
  readonly encoding: 'amqp' | 'body'
  readonly partition: number
  readonly bytes: Uint8Array
  /** Message i is bytes[starts[i] … ends[i] − 1]. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly length: number
  /** Rises with every chunk of a reader; `settle` names it. */
  readonly receipt: number
  /**
   * Where this chunk lies in its source, if that is a log that can be read again (offsets of a Kafka partition): the
   * journal then keeps the reference instead of the bytes.
   */
  readonly reference?: string
  /** Bytes just before the first message that belong to all of them, such as the header of a CSV file; default 0. */
  readonly head?: number
  /**
   * Where its source goes on behind this chunk, in the source's own words: the job keeps it with the chunk, and gives it
   * back at the next opening. A chunk without messages is there for its position alone.
   */
  readonly position?: string
  /** How many of its messages their sender had settled before they arrived, and does not send again; absent: none. */
  readonly presettled?: number
  /** Bounded inputs name the line of each message, for error texts. */
  readonly lines?: Int32Array
}
