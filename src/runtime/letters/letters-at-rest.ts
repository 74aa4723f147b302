import { join } from 'node:path'
import type { Disk, DiskFile } from '../../model/disk.js'
import { type KeptLetter, letterOfLine } from './kept-letters.js'

const blockBytes = 2 ** 20
const newline = 0x0a

/**
 * The letters in the data folder of a job, oldest first, and in between the lines which say that one came in again
 * (`retriedAt`). Reads only, a block at a time; a line that is torn, or being written, is left out.
 *
 * @example
 * for await (const { letter } of lettersAtRest(systemDisk, '.millrace/climate')) console.log(letter.id)
 */
export async function* lettersAtRest(disk: Disk, dataDir: string): AsyncGenerator<KeptLetter> {
  for (const name of ['dead-letters.1.ndjson', 'dead-letters.ndjson']) {
    const file = await existing(disk, join(dataDir, name))
    if (!file) continue
    try {
      for await (const line of linesOf(file)) {
        const kept = letterOfLine(line)
        if (kept) yield kept
      }
    } finally {
      await file.close()
    }
  }
}

async function existing(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, 'read')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole lines only. */
async function* linesOf(file: DiskFile): AsyncGenerator<string> {
  const block = new Uint8Array(blockBytes)
  let begun: Uint8Array[] = []
  for (let at = 0; ; ) {
    const read = await file.read(block, at)
    if (read === 0) return
    at += read
    let from = 0
    for (let end = block.indexOf(newline); end >= 0 && end < read; end = block.indexOf(newline, from)) {
      yield Buffer.concat([...begun, block.subarray(from, end)]).toString()
      begun = []
      from = end + 1
    }
    if (from < read) begun.push(block.slice(from, read))
  }
}
