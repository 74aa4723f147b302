import { stripVTControlCharacters } from 'node:util'

/** Narrower terminals break words anyway. */
const leastColumns = 30

const widthOf = (word: string): number => stripVTControlCharacters(word).length

/**
 * A line for a terminal of so many columns, broken between words; what follows the first is indented. A word that fits
 * into no line, such as an address, stays where it is. Undefined columns: no terminal, nothing is broken.
 *
 * @example
 * wrapLine('keys       space pause · l late burst', 30, 11) // 'keys       space pause · l\n           late burst'
 */
export function wrapLine(line: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || columns < leastColumns || widthOf(line) <= columns) return line
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<=\S)(?= +\S)/)) {
    const fitsBelow = indent + widthOf(word.trimStart()) <= columns
    if (current !== '' && fitsBelow && widthOf(current + word) > columns) {
      lines.push(current)
      current = ' '.repeat(indent) + word.trimStart()
    } else current += word
  }
  return [...lines, current].join('\n')
}
