import { randomFillSync } from 'node:crypto'

/**
 * Random words of this process that hash tables mix into what they hash, so that no device can send keys which all fall
 * into one place. Only the place of an entry in a table depends on them, never an id, an order or a result.
 */
export const hashSecret: Int32Array = randomFillSync(new Int32Array(256))
