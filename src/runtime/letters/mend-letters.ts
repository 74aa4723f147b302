import type { DiskFile } from '../../model/disk.js'
import { readAll, writeAll } from './all-bytes.js'
import { letterOfLine } from './kept-letters.js'

const newline = 0x0a
const blockBytes = 65_536
/** Damaged lines are looked for in so much of the end. */
const mendedBytes = 2 ** 20

/**
 * Gives the bytes of whole lines, when those that are damaged have been taken out. After a loss of power any sectors may be missing
 * of what was not synced: none of these letters had been reported as kept, so they are made again. Others were kept once, and
 * their bytes altered since.
 *
 * @param putAside Has to keep what is taken out before anything is changed.
 */
export async function mendLetters(file: DiskFile, putAside: (bytes: Uint8Array) => Promise<void>): Promise<number> {
  const size = await file.size()
  const end = await wholeLines(file)
  const from = Math.max(0, end - mendedBytes)
  // One character a byte.
  const text = Buffer.from(await readAll(file, from, size)).toString('latin1')
  const lines = text.slice(from === 0 ? 0 : text.indexOf('\n') + 1).split('\n')
  if (size === end) lines.pop()
  const damaged = lines.findIndex(line => !isLetter(line))
  if (damaged < 0 && size === end) return end
  const behind = damaged < 0 ? lines.slice(-1) : lines.slice(damaged)
  const taken = behind.filter(line => !isLetter(line))
  if (taken.length > 0) await putAside(bytesOf(taken))
  const at = size - behind.reduce((bytes, line) => bytes + line.length + 1, size === end ? 0 : -1)
  const sound = bytesOf(behind.filter(isLetter))
  await writeAll(file, sound, at)
  return at + sound.length
}

const bytesOf = (lines: readonly string[]): Uint8Array => Buffer.from(lines.map(line => `${line}\n`).join(''), 'latin1')

const isLetter = (latin1: string): boolean => letterOfLine(Buffer.from(latin1, 'latin1').toString()) !== undefined

/** Bytes up to the end of the last whole line. */
async function wholeLines(file: DiskFile): Promise<number> {
  for (let end = await file.size(); end > 0; ) {
    const from = Math.max(0, end - blockBytes)
    const at = (await readAll(file, from, end)).lastIndexOf(newline)
    if (at >= 0) return from + at + 1
    end = from
  }
  return 0
}
