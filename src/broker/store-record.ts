/**
 * Records of the node's log. Numbers are little-endian; `seq` is the record that a message came with. A record begins with
 * its kind.
 */
export const RecordKind = {
  /** A message for some queues; also its copy, written when its segment is to go. */
  message: 1,
  /** Pairs of queue and seq: the queue has let the message go. */
  done: 2,
  /** Pairs of queue and seq: messages up to this one may have been seen by a receiver. */
  acquired: 3,
  /** Deliveries of a message that its receivers called failed. */
  attempts: 4,
  /** An address, or what became of it. */
  address: 5,
  /** An address is gone, with its messages. */
  forgotten: 6,
  /** All duplicate ids of an address, oldest first. */
  ids: 7,
  /** One duplicate id, of a message that no queue keeps. */
  id: 8,
} as const

/** An address as it is remembered. */
export interface KeptAddress {
  readonly type: 'queue' | 'topic' | 'anycast' | 'multicast' | 'subscription'
  readonly name: string
  /** Of a subscription: its topic, and its key there. */
  readonly topic?: string
  readonly key?: string
}

/** Bytes of a pair: queue (4), seq (8). */
export const PAIR = 12

export const writePair = (into: Buffer, at: number, queue: number, seq: number): void => {
  into.writeUInt32LE(queue, at)
  into.writeDoubleLE(seq, at + 4)
}

/** @throws RangeError where no whole pair is left. */
export const readPair = (bytes: Buffer, at: number): { readonly queue: number; readonly seq: number } => ({
  queue: bytes.readUInt32LE(at),
  seq: bytes.readDoubleLE(at + 4),
})
