import { expect, test } from 'vitest'
import { socketError } from './dial-faults.js'
import { parseEndpoint } from './endpoint.js'

const fault = (code: string): Error => Object.assign(new Error(`read ${code}`), { code })

test.each([
  ['mqtt://b', 'ECONNREFUSED', false, 'MR307', 'mqtt://b:1883 cannot be reached: connection refused'],
  ['mqtt://b', 'ENOTFOUND', false, 'MR307', "mqtt://b:1883 cannot be reached: there is no host of the name 'b'"],
  ['mqtt://b', 'EAI_AGAIN', false, 'MR307', "mqtt://b:1883 cannot be reached: the name 'b' cannot be looked up at present"],
  ['mqtt://b', 'EHOSTUNREACH', false, 'MR307', 'mqtt://b:1883 cannot be reached: no way leads to this host'],
  ['mqtt://b', 'ETIMEDOUT', false, 'MR307', 'mqtt://b:1883 cannot be reached: it does not answer'],
  [
    'mqtts://b',
    'ECONNRESET',
    true,
    'MR307',
    'mqtts://b:8883 cannot be reached: it closed the connection without an answer; perhaps it speaks MQTT without TLS (mqtt://)',
  ],
  [
    'mqtt://b',
    'ECONNRESET',
    true,
    'MR307',
    'mqtt://b:1883 cannot be reached: it closed the connection without an answer; perhaps it wants TLS (mqtts://), or speaks another version or protocol',
  ],
  ['mqtt://b', 'EOTHER', false, 'MR307', 'mqtt://b:1883 cannot be reached: read EOTHER'],
  ['mqtts://b', 'EPROTO', true, 'MR323', 'mqtts://b:8883 answers, but not in TLS (use mqtt://)'],
  [
    'mqtts://b',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    true,
    'MR312',
    'the certificate of mqtts://b:8883 is not trusted: read DEPTH_ZERO_SELF_SIGNED_CERT',
  ],
])('%s, %s', (url, code, connected, expected, message) => {
  expect(socketError(parseEndpoint(url), fault(code), false, connected)).toMatchObject({ code: expected, message })
})
