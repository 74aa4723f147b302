import type { DecoderSpec, Rejection } from '../../src/codecs/decoder.js'
import type { Chunk } from '../../src/model/chunk.js'

/** Of a message that is too large, so many bytes are kept, header and all: as much as of a record of a file. */
export const keptBytes = 2 ** 20

/**
 * The delivery annotation that tells of a message that it was larger than its source takes, and how large. It comes first, or behind
 * the header, and no other message has any: one byte or two say which is which.
 */
export const cutKey = 'x-opt-millrace-cut'
const header = 0x70
const annotations = 0x71
/** Behind descriptor, head of the map, key and type of the value, as `MessageEncoder` writes them. */
const valueAt = 3 + 3 + 2 + cutKey.length + 1

/** The length of the whole packet, of a message that was too large; 0 of any other. */
function cutLengthOf({ bytes, starts, ends, encoding }: Chunk, message: number): number {
  if (encoding !== 'amqp') return 0
  const start = starts[message]!
  // A section is two bytes of descriptor and its code; a header of ours has its size in the next but one.
  const section = bytes[start + 2] === header ? start + 5 + bytes[start + 4]! : start
  if (bytes[section + 2] !== annotations || section + valueAt + 4 > ends[message]!) return 0
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(section + valueAt)
}

/**
 * The same decoder, but messages that are larger than `most` are refused, and so become dead letters, wherever they are read. One
 * that was refused under a lower limit, and is kept whole, is read as any other.
 */
export function withoutCutMessages<T>(spec: DecoderSpec<T>, most: number): DecoderSpec<T> {
  return {
    ...spec,
    compile(use) {
      const decoder = spec.compile(use)
      return {
        decode(chunk, omit) {
          const cut = cutMessages(chunk, omit, most)
          if (cut.length === 0) return decoder.decode(chunk, omit)
          const without = Uint8Array.from({ length: chunk.length }, (_, i) => omit?.[i] ?? 0)
          for (const { message } of cut) without[message] = 1
          const decoded = decoder.decode(chunk, without)
          return { ...decoded, rejected: [...decoded.rejected, ...cut].sort((a, b) => a.message - b.message) }
        },
      }
    },
  }
}

function cutMessages(chunk: Chunk, omit: Uint8Array | undefined, most: number): readonly Rejection[] {
  const cut: Rejection[] = []
  for (let i = 0; i < chunk.length; i++) {
    const length = cutLengthOf(chunk, i)
    const isCut = length > keptBytes
    if ((length > most || isCut) && omit?.[i] !== 1)
      cut.push({ message: i, code: 'MR210', reason: reasonOf(length, most), ...(isCut && { cut: true }) })
  }
  return cut
}

const bytesText = (count: number): string => `${count.toLocaleString('en')} bytes`

function reasonOf(length: number, most: number): string {
  const why = `the message has ${bytesText(length)}, and the source takes ${bytesText(most)} (\`maxMessageBytes\`)`
  if (length <= keptBytes) return `${why}; it is kept whole, and can be retried under a higher limit`
  const has = length > most ? why : `the message had ${bytesText(length)}`
  return `${has}; its first ${bytesText(keptBytes)} are kept, so it cannot be retried: its sender has to publish it again`
}
