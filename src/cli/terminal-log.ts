import pc from 'picocolors'
import type { Log } from '../model/seams.js'

/** Messages for the person at the terminal, on stderr; `json` writes one object a line instead. */
export function terminalLog(options: { readonly json: boolean; readonly quiet: boolean }): Log {
  const write = (level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (options.quiet && level === 'info') return
    if (options.json) {
      process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`)
      return
    }
    const mark = level === 'info' ? pc.dim('·') : level === 'warn' ? pc.yellow('warning') : pc.red('error')
    const extra = Object.entries(fields).map(
      ([name, value]) => ` ${pc.dim(`${name}=`)}${typeof value === 'string' ? clean(value) : JSON.stringify(value)}`,
    )
    process.stderr.write(`${mark} ${clean(message)}${extra.join('')}\n`)
  }
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  }
}

/** Peers and data may put control characters into texts; a terminal must not obey them. */
const clean = (text: string): string => text.replace(/\p{Cc}/gu, character => (character === '\n' || character === '\t' ? character : '·'))
