import type { DecoderSpec, Rejection } from '../../src/codecs/decoder.js'
import type { Chunk } from '../../src/model/chunk.js'
import { recordLimit } from './record-scanner.js'

/** The same decoder, but records that the reader had to cut are refused. */
export function withoutLongRecords<T>(spec: DecoderSpec<T>): DecoderSpec<T> {
  return {
    ...spec,
    compile(use) {
      const decoder = spec.compile(use)
      return {
        decode(chunk, omit) {
          const long = longRecords(chunk, omit)
          if (long.length === 0) return decoder.decode(chunk, omit)
          const without = Uint8Array.from({ length: chunk.length }, (_, i) => omit?.[i] ?? 0)
          for (const { message } of long) without[message] = 1
          const decoded = decoder.decode(chunk, without)
          return { ...decoded, rejected: [...decoded.rejected, ...long].sort((a, b) => a.message - b.message) }
        },
      }
    },
  }
}

function longRecords({ starts, ends, length }: Chunk, omit: Uint8Array | undefined): readonly Rejection[] {
  const long: Rejection[] = []
  for (let i = 0; i < length; i++) {
    if (ends[i]! - starts[i]! < recordLimit || omit?.[i] === 1) continue
    const reason = `the record is longer than ${recordLimit.toLocaleString('en')} bytes; so many of them are kept, and it cannot be retried`
    long.push({ message: i, code: 'MR210', reason, cut: true })
  }
  return long
}
