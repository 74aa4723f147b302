import { expect, test } from 'vitest'
import { lazyDecoder } from './lazy-message.js'

test.each([
  ['is cut off amid a section', Buffer.from([0x00, 0x53]), () => ({}), 'the message is not well-formed: '],
  ['the library cannot read', Buffer.alloc(0), () => JSON.parse('no'), 'the message cannot be decoded: '],
])('a message that %s says so (MR310) once a part of it is read, and keeps its bytes', (_, bytes, decode, says) => {
  const message = lazyDecoder(decode)(bytes)
  expect(() => message.body).toThrow(expect.objectContaining({ code: 'MR310', message: expect.stringContaining(says) as string }) as Error)
  expect(message.bytes).toBe(bytes)
})
