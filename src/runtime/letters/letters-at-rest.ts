import { join } from 'node:path'
import type { Disk, DiskFile } from '../../model/disk.js'
import { type KeptLetter, letterOfLine } from './kept-letters.js'

const blockBytes = 2 ** 20
const newline = 0x0a
/** The first line of a file names a letter, and no other file begins with the same. */
const firstBytes = 4_096

/**
 * The letters in the data folder of a job, oldest first, and in between the lines which say that one came in again
 * (`retriedAt`). Reads only, a block at a time; a line that is torn, or being written, is left out.
 *
 * @example
 * for await (const { letter } of lettersAtRest(systemDisk, '.millrace/climate')) console.log(letter.id)
 */
export async function* lettersAtRest(disk: Disk, dataDir: string): AsyncGenerator<KeptLetter> {
  const files = await opened(disk, dataDir)
  try {
    for (const file of files) {
      for await (const line of linesOf(file)) {
        const kept = letterOfLine(line)
        if (kept) yield kept
      }
    }
  } finally {
    for (const file of files) await file.close()
  }
}

/** How many letters a file of them holds, and how many of its lines are damaged; undefined where there is none. */
export async function countLetters(disk: Disk, path: string): Promise<{ readonly letters: number; readonly damaged: number } | undefined> {
  const file = await existing(disk, path)
  if (!file) return undefined
  try {
    let letters = 0
    let damaged = 0
    for await (const line of linesOf(file)) {
      const kept = letterOfLine(line)
      if (!kept) damaged++
      else if (kept.letter.retriedAt === undefined) letters++
    }
    return { letters, damaged }
  } finally {
    await file.close()
  }
}

/**
 * The files, older first. The newer is opened first: one that becomes the older meanwhile is in our hands already, and then
 * met once more under its other name.
 */
async function opened(disk: Disk, dataDir: string): Promise<readonly DiskFile[]> {
  const [older, newer] = ['dead-letters.1.ndjson', 'dead-letters.ndjson'].map(name => () => existing(disk, join(dataDir, name)))
  const second = await newer!()
  const first = await older!()
  if (!first || !second) return [first, second].filter(file => file !== undefined)
  if (!(await isSame(first, second))) return [first, second]
  await second.close()
  const next = await newer!()
  return next ? [first, next] : [first]
}

async function isSame(one: DiskFile, other: DiskFile): Promise<boolean> {
  const [a, b] = [new Uint8Array(firstBytes), new Uint8Array(firstBytes)]
  const length = await one.read(a, 0)
  return (await other.read(b, 0)) === length && length > 0 && Buffer.compare(a, b) === 0
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
