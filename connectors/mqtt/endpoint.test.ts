import { expect, test } from 'vitest'
import { parseEndpoint } from './endpoint.js'

test('ports, TLS and percent-encoded credentials', () => {
  expect(parseEndpoint('mqtt://broker')).toEqual({
    text: 'mqtt://broker:1883',
    host: 'broker',
    port: 1883,
    tls: false,
    user: undefined,
    password: undefined,
  })
  expect(parseEndpoint('mqtts://me:p%40ss@[::1]:7000')).toEqual({
    text: 'mqtts://[::1]:7000',
    host: '::1',
    port: 7000,
    tls: true,
    user: 'me',
    password: 'p@ss',
  })
  expect(parseEndpoint('mqtts://broker/').port).toBe(8883)
})

test.each(['127.0.0.1:1883', 'broker:1883', 'broker', '', 'ws://broker', 'MQTT//broker'])('%j is told what it lacks', url => {
  expect(() => parseEndpoint(url)).toThrow('it begins with neither mqtt:// nor mqtts://')
})

test.each([
  'http://u:canary@broker',
  'broker:1883',
  'mqtt://',
  'mqtt://u:canary@broker/topic',
  'mqtt://u:canary%zz@broker',
  'mqtt://u:pa/canary@host',
  'u:canary@host:1883',
  'mqtt:u:canary@host',
  'mqtt://u:canary',
])('%s is refused without its password', url => {
  expect(() => parseEndpoint(url)).toThrow(expect.objectContaining({ code: 'MR322', message: expect.not.stringContaining('canary') }))
})
