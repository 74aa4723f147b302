import { expect, test } from 'vitest'
import { inspectUrl } from './inspect-url.js'

test.each([
  [undefined, 'http://127.0.0.1:8080'],
  ['8081', 'http://127.0.0.1:8081'],
  ['plant.local:8080', 'http://plant.local:8080'],
  ['[::1]:8080/', 'http://[::1]:8080'],
  ['https://example.org/millrace/', 'https://example.org/millrace'],
])('%s is %s', (text, url) => {
  expect(inspectUrl(text)).toBe(url)
})

test.each(['', 'a b', 'http://', 'http://me:secret@host', 'http://host/?a=1', '99999'])("'%s' is refused", text => {
  expect(() => inspectUrl(text)).toThrow(expect.objectContaining({ code: 'MR601' }))
})
