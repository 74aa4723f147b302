import { expect, test } from 'vitest'
import { messageSample } from './message-sample.js'

const bytesOf = (...parts: readonly (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap(part => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [part])))

const sampleOf = (bytes: Uint8Array, encoding: 'amqp' | 'body' = 'amqp'): string =>
  messageSample({ encoding, partition: 0, bytes, starts: Int32Array.of(0), ends: Int32Array.of(bytes.length), length: 1, receipt: 1 }, 0)

/** properties: a list of one message-id, "m1". */
const properties = [0x00, 0x53, 0x73, 0xc0, 5, 1, 0xa1, 2, 'm1']

test('the body is what is shown', () => {
  expect(sampleOf(bytesOf(...properties, 0x00, 0x53, 0x75, 0xa0, 5, '{"a":'))).toBe('{"a":')
  expect(sampleOf(bytesOf(0x00, 0x53, 0x75, 0xa0, 2, 'ab', 0x00, 0x53, 0x75, 0xa0, 1, 'c'))).toBe('abc')
  expect(sampleOf(bytesOf(...properties, 0x00, 0x53, 0x77, 0xa1, 3, 'n/a'))).toBe('n/a')
  expect(sampleOf(bytesOf('{"a":1'), 'body')).toBe('{"a":1')
})

test('a value that is no text is shown as JSON', () => {
  expect(sampleOf(bytesOf(0x00, 0x53, 0x77, 0x54, 42))).toBe('42')
  expect(sampleOf(bytesOf(0x00, 0x53, 0x77, 0xc1, 6, 2, 0xa1, 1, 't', 0x54, 7))).toBe('{"t":7}')
  expect(sampleOf(bytesOf(0x00, 0x53, 0x77, 0x40))).toBe('null')
  expect(sampleOf(bytesOf(...properties))).toBe('(no body)')
})

test('a message that is malformed is shown as it is', () => {
  expect(sampleOf(bytesOf('garbage'))).toBe('garbage')
  expect(sampleOf(bytesOf(0x00, 0x53, 0x77, 0xc1, 200, 2))).toContain('Sw')
})
