import type { LiveRow, ViewColumn } from '../model/api.js'
import { csvField, numberText, type TextFormat } from './row-texts.js'

/** What a spreadsheet takes for a formula; such a text gets an apostrophe before it. */
const formula = /^[=+\-@\t\r]/

const guarded = (text: string): string => csvField(formula.test(text) ? `'${text}` : text)

/** True where the zone is one that this Node knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Instants as `yyyy-mm-dd hh:mm:ss` of a zone, which spreadsheets read as dates. */
function localTimes(zone: string): (ms: number) => string {
  const digits = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  // Swedish dates are written in this very form.
  const format = new Intl.DateTimeFormat('sv-SE', { ...digits, hourCycle: 'h23', timeZone: zone })
  let last = Number.NaN
  let text = ''
  return ms => {
    if (ms !== last) {
      last = ms
      text = Math.abs(ms) <= 8.64e15 ? format.format(ms) : String(ms)
    }
    return text
  }
}

/**
 * CSV for spreadsheets: a byte order mark (without it they take UTF-8 for something else), local times, and no cell
 * that runs as a formula, whatever a device calls itself.
 *
 * @param zone an IANA zone that `isZone` admits
 */
export function excelCsv(zone: string): TextFormat {
  const value = (column: ViewColumn): ((value: LiveRow[number] | undefined) => string) => {
    const instant = localTimes(zone)
    return value => {
      if (value === null || value === undefined) return ''
      if (typeof value === 'string') return guarded(value)
      if (typeof value === 'number') return column.type === 'timestamp' ? instant(value) : numberText(value + 0)
      return typeof value === 'boolean' ? String(value).toUpperCase() : guarded(JSON.stringify(value))
    }
  }
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    begin: columns => `\uFEFF${columns.map(column => guarded(column.name)).join(',')}\r\n`,
    between: '\r\n',
    end: wrote => (wrote ? '\r\n' : ''),
    writer: columns => {
      const values = columns.map(value)
      return row => values.map((write, i) => write(row[i])).join(',')
    },
  }
}
