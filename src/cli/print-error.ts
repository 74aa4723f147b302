import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'

/**
 * An error as the terminal shows it: code, what, where with the line of source, how to mend it, where to read more.
 * Errors without a code are shown with their stack, for they are ours to mend.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof MillraceError)) {
    return `${pc.red('error')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const lines = [`${pc.red('error')} ${pc.bold(error.code)}  ${error.message}`]
  if (error.place) lines.push(...frame(error.place))
  for (const note of error.notes) lines.push(`  ${pc.dim('=')} ${note}`)
  lines.push(`  ${pc.dim('=')} try:  ${error.hint}`, `  ${pc.dim('=')} docs: millrace explain ${error.code}`)
  return lines.join('\n')
}

function frame({ file, line, column, length }: NonNullable<MillraceError['place']>): string[] {
  const gutter = ' '.repeat(String(line).length)
  const shown = relative('', file).startsWith('..') ? file : relative('', file)
  const out = [`${gutter} ${pc.dim('┌─')} ${shown}:${line}:${column}`]
  const source = sourceLine(file, line)
  if (source === undefined) return out
  out.push(`${line}${pc.dim('│')} ${source}`, `${gutter}${pc.dim('│')} ${' '.repeat(column - 1)}${pc.red('^'.repeat(length ?? 1))}`)
  return out
}

function sourceLine(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1]?.replaceAll('\t', ' ')
  } catch {
    return undefined
  }
}
