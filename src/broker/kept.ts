import { DuplicateIds } from './duplicate-ids.js'
import type { KeptAddress } from './store-record.js'

/** What the store knows of an address that it remembers. */
export class Kept {
  /** Its name in the records. */
  readonly number: number
  readonly address: KeptAddress
  readonly ids = new DuplicateIds()
  /** Messages up to this seq may have been seen by a receiver. */
  acquired = 0

  constructor(number: number, address: KeptAddress) {
    this.number = number
    this.address = address
  }
}
