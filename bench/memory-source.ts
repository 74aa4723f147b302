import type { DecoderSpec } from '../src/codecs/decoder.js'
import type { SourceReader, SourceSpec } from '../src/connector/source.js'
import type { Chunk } from '../src/model/chunk.js'

const devices = 1_000
const firstAt = 1_700_000_000_000
/** Messages a millisecond of data time. */
const perMs = 10
const aChunk = 500

/** Readings as JSON, in chunks that were made before; `length` messages, as fast as they are asked for. */
export function memorySource<T>(decoder: DecoderSpec<T>, length: number): SourceSpec<T> {
  return {
    connector: 'memory',
    params: {},
    decoder,
    id: undefined,
    usesEmbeddedNode: false,
    check: async () => [],
    open: async () => reader(length),
  }
}

function reader(length: number): SourceReader {
  const texts = Array.from({ length: aChunk }, (_, i) => {
    const device = `device-${String((i * 7) % devices).padStart(4, '0')}`
    return `{"device":"${device}","celsius":${(20 + (i % 100) / 7).toFixed(2)},"humidity":41.5,"at":${firstAt},"state":"run","battery":55}`
  })
  const bytes = Buffer.from(texts.join(''))
  const ends = Int32Array.from(texts, (_, i) => texts.slice(0, i + 1).join('').length)
  const starts = ends.map((end, i) => end - texts[i]!.length)
  const times = starts.map((start, i) => start + texts[i]!.indexOf(String(firstAt)))
  let given = 0
  let receipt = 0
  let closed = false
  return {
    next: async () => {
      if (closed) return undefined
      // The end is awaited from outside: a source that ended would close the windows, too.
      if (given >= length) return new Promise<Chunk | undefined>(() => {})
      const at = String(firstAt + given / perMs)
      for (const time of times) bytes.write(at, time, 'latin1')
      given += aChunk
      return { encoding: 'body', partition: 0, bytes, starts, ends, length: aChunk, receipt: ++receipt }
    },
    settle: () => {},
    status: () => ({ connected: true, live: false, detail: 'in memory' }),
    close: async () => {
      closed = true
    },
  }
}
