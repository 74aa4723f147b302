import { expect, test } from 'vitest'
import { parseEndpoint } from './endpoint.js'

test.each([
  'amqp://u:pa/canary@host',
  'u:canary@host:5672',
  'amqp:u:canary@host',
  'amqp://u:canary',
  'amqp://u:ca%zznary@host',
  'http://u:canary@host',
])('a URL that is none never shows its password: %s', url => {
  let message = ''
  try {
    parseEndpoint(url)
  } catch (error) {
    message = JSON.stringify(error) + String(error)
  }
  expect(message).toContain('MR303')
  expect(message).not.toMatch(/canary|nary/)
})

test('ports, TLS and percent-encoded credentials', () => {
  expect(parseEndpoint('amqp://broker')).toEqual({
    text: 'amqp://broker:5672',
    host: 'broker',
    port: 5672,
    tls: false,
    user: undefined,
    password: undefined,
  })
  expect(parseEndpoint('amqps://me:p%40ss@[::1]:7000')).toEqual({
    text: 'amqps://[::1]:7000',
    host: '::1',
    port: 7000,
    tls: true,
    user: 'me',
    password: 'p@ss',
  })
  expect(parseEndpoint('amqps://broker/').port).toBe(5671)
})

test.each(['http://broker', 'broker:5672', 'amqp://', 'amqp://broker/queue', 'amqp://u:canary%zz@broker'])(
  '%s is refused without its password',
  url => {
    expect(() => parseEndpoint(url)).toThrow(expect.objectContaining({ code: 'MR303', message: expect.not.stringContaining('canary') }))
  },
)
