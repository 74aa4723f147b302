import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { codeFrameColumns } from '@babel/code-frame'
import pc from 'picocolors'
import type { Place } from '../model/errors/millrace-error.js'

/** A longer line, as of a bundle, is no help. */
const longestLine = 400

/** A file as messages name it: from the current folder, where it lies below it. */
export const shownPath = (file: string): string => (relative('', file).startsWith('..') ? file : relative('', file))

/** `FILE:LINE:COLUMN`. */
export const shownPlace = ({ file, line, column }: Place): string => `${shownPath(file)}:${line}:${column}`

/**
 * The line of source at a place, with what is meant underlined, as lines of the terminal. Where the file or the line
 * cannot be read, the place alone.
 */
export function codeFrame(place: Place): readonly string[] {
  const gutter = ' '.repeat(String(place.line).length)
  const head = `${gutter} ${pc.dim('┌─')} ${shownPlace(place)}`
  const lines = textOf(place.file)?.split('\n')
  const text = lines?.[place.line - 1]
  if (lines === undefined || text === undefined || text.length > longestLine) return [head]
  const start = { line: place.line, column: Math.min(place.column, text.length + 1) }
  const end = { line: place.line, column: start.column + (place.length ?? wordLength(text, start.column)) }
  const source = lines
    .with(place.line - 1, withoutSecrets(text))
    .join('\n')
    .replaceAll('\t', ' ')
  const only = { linesAbove: 0, linesBelow: 0, forceColor: pc.isColorSupported }
  const [line = '', mark = ''] = codeFrameColumns(source, { start, end }, only).split('\n')
  return [head, `${place.line}${pc.dim('│')}${behindBar(line)}`, `${gutter}${pc.dim('│')}${behindBar(mark)}`]
}

/** In a URL, who logs in and the query; and what is given as an option. */
const secrets = /(?<=:\/\/)[^\s/'"`]+(?=@)|(?<=:\/\/[^\s'"`?]*\?)[^\s'"`]+|(?<=\b(?:password|bearer) *: *['"`])[^'"`]+/g

/** Lines of job files reach the logs of others, as of a build. Of the same length, so that what is underlined stays in its place. */
const withoutSecrets = (text: string): string => text.replace(secrets, secret => '·'.repeat(secret.length))

/** What stands behind the frame's own gutter, `> 12 | …`. */
const behindBar = (line: string): string => line.slice(line.indexOf('|') + 1)

/** The length of a name, a number, a text or an arrow function that begins there; else 1. */
function wordLength(text: string, column: number): number {
  const rest = text.slice(column - 1)
  if (/^(?:[\w$]+|\([^()]*\)) *=>/.test(rest)) return argumentLength(rest)
  return /^(?:[\p{ID_Start}$_#][\p{ID_Continue}$.]*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d[\d._]*)/u.exec(rest)?.[0].length ?? 1
}

/** Up to the comma or bracket that ends an argument, or the end of the line. */
function argumentLength(text: string): number {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[()[\]{},]/g)) {
    if (depth === 0 && /[)\]},]/.test(token)) return index
    if (/^[([{]$/.test(token)) depth++
    else if (/^[)\]}]$/.test(token)) depth--
  }
  return text.trimEnd().length
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
