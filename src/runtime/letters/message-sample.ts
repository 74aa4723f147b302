import { MessageView } from '../../codecs/message-view.js'
import type { Chunk } from '../../model/chunk.js'

const view = new MessageView()
const utf8 = new TextDecoder()
/** Enough for the 200 characters that are shown. */
const sampleBytes = 800

/**
 * The body of a message as a person reads it: data sections and texts as they are, any other value as JSON, what cannot be
 * told apart as the bytes of the whole message.
 */
export function messageSample(chunk: Chunk, message: number): string {
  if (view.open(chunk, message)) return text(view.bytes, view.start, view.end)
  if (!view.octets()) return text(view.bodyBytes, view.bodyStart, view.bodyEnd)
  const { parts, partCount } = view.sections
  try {
    const values: unknown[] = []
    for (let i = 0; i < partCount; i++) values.push(view.reader(parts[2 * i]!).read())
    return partCount === 0 ? '(no body)' : values.map(value => JSON.stringify(value, plain) ?? 'null').join(' ')
  } catch {
    return text(view.bytes, view.start, view.end)
  }
}

const text = (bytes: Uint8Array, start: number, end: number): string =>
  utf8.decode(bytes.subarray(start, Math.min(end, start + sampleBytes)))

/** What JSON has no word for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Uint8Array) return text(value, 0, value.length)
  return value
}
