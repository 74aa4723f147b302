import type { Message } from './message.js'
import { Place } from './places.js'

/** Deliveries of a message from one queue that its receivers called failed. */
export interface Attempts {
  readonly deliveryCount: number
  readonly failures: number
}

/** A message in the log, until the last queue that holds it lets it go. */
export class Stored extends Place {
  readonly message: Message
  /** The record that it came with: its name in later records, and its place in the order of a queue. */
  readonly seq: number
  /** Wall ms, from which its time to live counts across restarts. */
  readonly arrived: number
  /** Numbers of the queues that hold it. */
  holders: readonly number[]
  /** A newer copy, until that is on the disk. */
  moved: Place | undefined
  /** By queue; rare. */
  attempts: Map<number, Attempts> | undefined

  constructor(record: number, seq: number, message: Message, arrived: number, holders: readonly number[]) {
    super(record)
    this.message = message
    this.seq = seq
    this.arrived = arrived
    this.holders = holders
  }
}
