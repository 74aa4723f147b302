import type { DecoderSpec, Rejection } from '../../src/codecs/decoder.js'
import type { Chunk } from '../../src/model/chunk.js'

/** Of a message that is too large, so many bytes are kept, header and all: as much as of a record of a file. */
export const keptBytes = 2 ** 20

/**
 * The delivery annotation that tells of a message that it was larger than its source takes, and how large. It comes first, and no
 * other message has any: one byte says which is which.
 */
export const cutKey = 'x-opt-millrace-cut'
const annotations = 0x71
/** Behind descriptor, head of the map, key and type of the value, as `MessageEncoder` writes them. */
const valueAt = 3 + 3 + 2 + cutKey.length + 1

/** The length of the whole packet, of a message that was too large; 0 of any other. */
function cutLengthOf({ bytes, starts, encoding }: Chunk, message: number): number {
  const start = starts[message]!
  if (encoding !== 'amqp' || bytes[start + 2] !== annotations) return 0
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(start + valueAt)
}

/** The same decoder, but messages that were too large are refused, and so become dead letters, wherever they are read. */
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
    if (length > 0 && omit?.[i] !== 1) cut.push({ message: i, code: 'MR210', reason: reasonOf(length, most) })
  }
  return cut
}

const bytesText = (count: number): string => `${count.toLocaleString('en')} bytes`

function reasonOf(length: number, most: number): string {
  const why = `the message has ${bytesText(length)}, and the source takes ${bytesText(most)} (\`maxMessageBytes\`)`
  return length > keptBytes ? `${why}; its first ${bytesText(keptBytes)} are kept` : why
}
