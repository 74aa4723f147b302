import { fileURLToPath } from 'node:url'
import type { Place } from '../model/errors/millrace-error.js'

/** The first line of the author's own files in a stack: not of Node, not of a package, not below the folders that are ours. */
export function testPlace(stack: string, own: readonly string[]): Place | undefined {
  for (const line of stack.split('\n')) {
    const frame = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line)
    if (!frame) continue
    const [, where = '', row, column] = frame
    if (where.startsWith('node:')) continue
    const file = where.startsWith('file:') ? fileURLToPath(where) : where
    if (/[\\/]node_modules[\\/]/.test(file) || own.some(folder => file.startsWith(folder))) continue
    return { file, line: Number(row), column: Number(column) }
  }
  return undefined
}
