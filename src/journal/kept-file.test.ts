import { describe, expect, it } from 'vitest'
import { MillraceError } from '../model/errors/millrace-error.js'
import { KeptFile } from './kept-file.js'
import { memoryDisk } from './memory-disk-fixture.js'
import { DamagedFile } from './snapshot-file.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (kept: Uint8Array | undefined): string | undefined => kept && new TextDecoder().decode(kept)
const mine = { epoch: 1, confirm: () => Promise.resolve() }
const options = (disk = memoryDisk(), fence = mine) => ({ disk, folder: 'data', name: 'seen', job: 'rooms', fence: () => fence })

describe('a kept file', () => {
  it('holds nothing at first, then what was saved last, also for the next process', async () => {
    const disk = memoryDisk()
    const file = new KeptFile(options(disk))
    expect(await file.load()).toBeUndefined()
    await file.save(bytes('one'))
    await file.save(bytes('two'))
    expect(text(await new KeptFile(options(disk)).load())).toBe('two')
    expect(await disk.list('data')).toEqual(['seen'])
  })

  it('is refused as a whole where any byte of it is altered or missing', async () => {
    const disk = memoryDisk()
    await new KeptFile(options(disk)).save(bytes('{"seen":[]}'))
    const whole = disk.files.get('data/seen')!
    for (let at = 0; at < whole.length; at++) {
      const altered = Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ 0x10 : byte))
      for (const wrong of [altered, whole.slice(0, at)]) {
        const other = memoryDisk(new Map([['data/seen', wrong]]))
        await expect(new KeptFile(options(other)).load(), `byte ${at}`).rejects.toBeInstanceOf(DamagedFile)
      }
    }
  })

  it('leaves the former where the folder has another owner now', async () => {
    const disk = memoryDisk()
    await new KeptFile(options(disk)).save(bytes('one'))
    const replaced = { epoch: 1, confirm: () => Promise.reject(new MillraceError('MR440', 'replaced')) }
    await expect(new KeptFile(options(disk, replaced)).save(bytes('two'))).rejects.toMatchObject({ code: 'MR440' })
    expect(text(await new KeptFile(options(disk)).load())).toBe('one')
  })
})
