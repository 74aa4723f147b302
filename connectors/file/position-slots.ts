import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { HeldPosition } from '../../src/connector/sink.js'
import { inodeOf, type Print } from './file-place.js'
import { syncFolder } from './sync-folder.js'

/** What a result file holds, and up to where in the life of its job. */
export interface Mark {
  /** Job and sink that write the file. */
  readonly owner: string
  /** The journal whose entries the position counts; undefined: none. */
  readonly journal: string | undefined
  /** The last position whose rows are in the file, or in those before it. */
  readonly position: HeldPosition | undefined
  /** Bytes of whole writes. */
  readonly size: number
  /** Checksum of the bytes just before `size`. */
  readonly print: Print
  /** Number under which the file is put aside. */
  readonly number: number
  /** Period of its rows, where files are put aside by time. */
  readonly period: number
}

/** Bytes of a slot: a sector at least, so that a torn write spoils one of them. */
const slotBytes = 1_024
const checksumDigits = 8

/**
 * The file beside a result file. Its two slots are written in turn, each with a checksum: whenever a crash comes, one is whole
 * and tells what the result file holds.
 */
export class PositionSlots {
  readonly #file: FileHandle
  #turn = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** What the slots beside a result file say last; undefined where nothing whole is there. */
  static async read(path: string): Promise<Mark | undefined> {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (!file) return undefined
    try {
      const bytes = Buffer.alloc(2 * slotBytes)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      const slots = [0, slotBytes].map(at => slotOf(bytes.subarray(Math.min(at, bytesRead), Math.min(at + slotBytes, bytesRead))))
      const [newest] = slots.flatMap(slot => slot ?? []).sort((a, b) => b.turn - a.turn)
      return newest?.mark
    } finally {
      await file.close()
    }
  }

  /**
   * A new file in place of the one that is there. Whoever still holds that one, such as a process that was stopped and
   * replaced, writes to nothing any more.
   */
  static async begin(path: string, mark: Mark): Promise<PositionSlots> {
    const fresh = `${path}.new`
    const file = await open(fresh, 'w+')
    try {
      const slots = new PositionSlots(file)
      await slots.write(mark)
      await rename(fresh, path)
      await syncFolder(dirname(path))
      return slots
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Resolves when it is on the disk. */
  async write(mark: Mark): Promise<void> {
    const turn = this.#turn + 1
    const text = JSON.stringify({ turn, mark })
    const body = Buffer.alloc(slotBytes - checksumDigits - 1, ' ')
    if (body.write(text) < Buffer.byteLength(text)) throw new RangeError(`the names of job and sink are too long for a slot: ${mark.owner}`)
    const slot = Buffer.concat([body, Buffer.from(`${checksum(body)}\n`)])
    const { bytesWritten } = await this.#file.write(slot, 0, slot.length, (turn % 2) * slotBytes)
    if (bytesWritten < slot.length) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    await this.#file.datasync()
    this.#turn = turn
  }

  /** Whether the file under this path is still this one, another one, or none. */
  async fate(path: string): Promise<'same' | 'replaced' | 'gone'> {
    const found = await stat(path, { bigint: true }).catch(() => undefined)
    if (!found) return 'gone'
    return `${found.dev}:${found.ino}` === (await inodeOf(this.#file)) ? 'same' : 'replaced'
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

const checksum = (body: Uint8Array): string => crc32(body).toString(16).padStart(checksumDigits, '0')

function slotOf(bytes: Buffer): { readonly turn: number; readonly mark: Mark } | undefined {
  if (bytes.length < slotBytes) return undefined
  const body = bytes.subarray(0, slotBytes - checksumDigits - 1)
  if (bytes.toString('latin1', body.length, slotBytes - 1) !== checksum(body)) return undefined
  return JSON.parse(body.toString('utf8')) as { readonly turn: number; readonly mark: Mark }
}
