import { isUtf8 } from 'node:buffer'
import { depthLimit } from './amqp-value.js'
import type { Problem } from './problem.js'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The outcome of reading a JSON text: its value, or why there is none. */
export type JsonResult = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: Problem }

/** `JSON.parse` of bytes[start … end − 1], with limits that it lacks: UTF-8 only, at most 64 levels. */
export function jsonText(bytes: Uint8Array, start: number, end: number): JsonResult {
  const part = bytes.subarray(start, end)
  if (!isUtf8(part)) return refuse('MR211', 'the body is not UTF-8')
  if (part[0] === 0xef && part[1] === 0xbb && part[2] === 0xbf) return refuse('MR201', 'the body begins with a byte order mark', 0)
  if (deeperThan(part, depthLimit)) return refuse('MR210', `the JSON nests deeper than ${depthLimit} levels`)
  const text = utf8.decode(part)
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return notJson(text, error)
  }
}

function refuse(code: Problem['code'], reason: string, offset?: number): JsonResult {
  return { problem: offset === undefined ? { code, reason } : { code, reason, offset } }
}

function notJson(text: string, error: unknown): JsonResult {
  if (text.trim() === '') return refuse('MR201', 'the body is empty', 0)
  const message = error instanceof Error ? error.message : ''
  const position = /at position (\d+)/.exec(message)
  const at = position ? Number(position[1]) : /end of JSON|Unterminated/i.test(message) ? text.length : undefined
  if (at === undefined) return refuse('MR201', `the body is not JSON: ${message}`)
  const sample = text.slice(at, at + 12)
  const where = sample === '' ? 'it ends too early' : `at ${JSON.stringify(sample)}`
  return refuse('MR201', `the body is not JSON: ${where}`, new TextEncoder().encode(text.slice(0, at)).length)
}

/** True where brackets outside strings nest deeper than `limit`; one pass, whatever the bytes. */
function deeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0x22) {
      for (i++; i < bytes.length && bytes[i] !== 0x22; i++) if (bytes[i] === 0x5c) i++
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}
