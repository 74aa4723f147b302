import { MessageView } from '../codecs/message-view.js'
import type { Chunk } from '../model/chunk.js'
import { breach, mustBe } from './connector-case.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The texts of a chunk's messages, once its own rules hold: bounds within its bytes, arrays long enough. */
export function bodiesOf(chunk: Chunk): readonly string[] {
  const { bytes, starts, ends, length } = chunk
  mustBe(chunk.encoding === 'amqp' || chunk.encoding === 'body', 'a chunk says how its messages are encoded', chunk.encoding)
  mustBe(length > 0, 'a chunk holds a message at least')
  mustBe(starts.length >= length && ends.length >= length, 'a chunk has a start and an end for each message')
  const view = new MessageView()
  const texts: string[] = []
  for (let i = 0; i < length; i++) {
    mustBe(starts[i]! >= 0 && starts[i]! <= ends[i]! && ends[i]! <= bytes.length, 'a message lies within the bytes of its chunk', i)
    const problem = view.open(chunk, i) ?? view.octets()
    if (problem) breach('a message can be read', problem)
    texts.push(utf8.decode(view.bodyBytes.subarray(view.bodyStart, view.bodyEnd)))
  }
  return texts
}
