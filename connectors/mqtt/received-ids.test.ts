import fc from 'fast-check'
import { expect, test } from 'vitest'
import { written } from './packet-fixture.js'
import { Publication } from './publication.js'
import { ReceivedIds } from './received-ids.js'

const message = new Publication()
const read = (packetId: number, text: string, dup: boolean): Publication => {
  const bytes = written({ cmd: 'publish', topic: 't', payload: text, qos: 2, dup, retain: false, messageId: packetId }, 4)
  message.read(bytes, 0, 2, bytes.length, 4)
  return message
}

test('a repeat is a message sent again, under the same identifier, with the same content, that is recorded and not released', () => {
  const step = fc.record({
    kind: fc.constantFrom('publish', 'record', 'release', 'clear'),
    id: fc.integer({ min: 1, max: 3 }),
    text: fc.constantFrom('a', 'b'),
    dup: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const ids = new ReceivedIds()
      const last = new Map<number, string>()
      const safe = new Set<number>()
      for (const { kind, id, text, dup } of steps) {
        if (kind === 'publish') {
          const repeat = dup && safe.has(id) && last.get(id) === text
          expect(ids.isRepeat(read(id, text, dup))).toBe(repeat)
          if (!repeat) safe.delete(id)
          last.set(id, text)
        } else if (kind === 'record') {
          ids.record([id])
          safe.add(id)
        } else if (kind === 'release') {
          ids.release(id)
          safe.delete(id)
        } else {
          ids.clear()
          safe.clear()
        }
      }
    }),
  )
})
