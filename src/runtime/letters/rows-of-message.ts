import type { Decoded } from '../../codecs/decoder.js'

/** How many rows a message became; rows are in the order of their messages. */
export function rowsOfMessage({ messages, length }: Pick<Decoded, 'messages' | 'length'>, message: number): number {
  let from = 0
  let to = length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (messages[middle]! < message) from = middle + 1
    else to = middle
  }
  let end = from
  while (end < length && messages[end] === message) end++
  return end - from
}
