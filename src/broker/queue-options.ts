import type { TimeSource } from '../model/seams.js'
import type { AddressType } from './address.js'
import type { Keeping } from './intake.js'
import type { MemoryBound } from './memory-bound.js'
import type { Message } from './message.js'

export interface QueueOptions {
  readonly name: string
  readonly type: AddressType
  /** Bytes stored at most; the bound of the credit given. */
  readonly bytes: number
  /** What all queues of the node share. */
  readonly memory: MemoryBound
  /** Attempts that the receiver called failed before a message becomes a dead letter; -1 for ever. */
  readonly maxDeliveries: number
  readonly time: TimeSource
  /** Undefined: its messages live in memory. */
  readonly keeping?: Keeping | undefined
  /** Takes rejected and given-up messages; false when there is no room. */
  readonly deadLetter: ((message: Message) => boolean) | undefined
  /** Called when `full` turns. */
  readonly onChange: () => void
  /** Called when bytes became free. */
  readonly onRoom: () => void
}
