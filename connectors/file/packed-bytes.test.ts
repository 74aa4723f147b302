import { mkdtempSync, rmSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PackedBytes } from './packed-bytes.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-packed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** 6 MB that gzip makes small, and that tell their places. */
const bytes = Buffer.from(Array.from({ length: 900_000 }, (_, i) => `${i}\n`).join(''))
const packed = join(folder, 'app.log.1.gz')

describe('the contents of a packed file', () => {
  it('are read by their places, back and forth, as those of the file were', async () => {
    // Two members, as gzip -c >> makes them.
    await writeFile(packed, Buffer.concat([gzipSync(bytes.subarray(0, 1_000_000)), gzipSync(bytes.subarray(1_000_000))]))
    const read = fc.tuple(fc.integer({ min: 0, max: bytes.length + 100 }), fc.integer({ min: 0, max: 200_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 6 }), async reads => {
        const contents = new PackedBytes(await open(packed))
        try {
          for (const [position, length] of reads) {
            const buffer = Buffer.alloc(length + 3)
            const { bytesRead } = await contents.read(buffer, 3, length, position)
            const wanted = bytes.subarray(position, position + length)
            expect(bytesRead).toBe(wanted.length)
            expect(buffer.subarray(3, 3 + bytesRead).equals(wanted)).toBe(true)
          }
        } finally {
          await contents.close()
        }
      }),
      { numRuns: 30 },
    )
  })

  it('that are not whole are an error, not an end', async () => {
    const path = join(folder, 'torn.gz')
    const whole = gzipSync(bytes)
    await writeFile(path, whole.subarray(0, whole.length - 20))
    const contents = new PackedBytes(await open(path))
    const buffer = Buffer.alloc(bytes.length)
    await expect(contents.read(buffer, 0, buffer.length, 0)).rejects.toThrow('unexpected end of file')
    await contents.close()
  })
})
