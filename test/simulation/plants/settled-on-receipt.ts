import type { Plant } from '../plant.js'

/** A client library that accepts each message as it comes, as many do unless they are told otherwise. */
export const settledOnReceipt: Plant = {
  name: 'settled-on-receipt',
  what: 'a source accepts messages as soon as it has given them',
  source: reader => ({
    ...reader,
    async next() {
      const chunk = await reader.next()
      if (chunk) reader.settle(chunk.receipt)
      return chunk
    },
  }),
}
