import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import { nearest } from '../model/nearest.js'

/** How CSV is written, where it is not as RFC 4180 and JSON have it; all is optional. */
export interface CsvOptions {
  /** The names of the columns, for files without a header line. */
  readonly header?: readonly string[]
  /** The sign between cells, one of ASCII; default `,`. Spreadsheets of languages with a decimal comma write `;`, others tabs: `\t`. */
  readonly delimiter?: string
  /** The decimal mark of numbers: `.` (default) or `,`. Marks between thousands are not read. */
  readonly decimal?: '.' | ','
  /** How true and false are written; default `['true', 'false']`. English spreadsheets write TRUE and FALSE, German ones WAHR and FALSCH. */
  readonly booleans?: readonly [string, string]
}

/** How CSV is written, nothing left open. */
export interface CsvForm {
  readonly header: readonly string[] | undefined
  /** A byte. */
  readonly delimiter: number
  readonly decimal: '.' | ','
  readonly booleans: readonly [string, string]
}

const defaults = { delimiter: ',', decimal: '.', booleans: ['true', 'false'] } as const
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(text => typeof text === 'string')

/** A sign that ends a cell must not be able to stand in a number, a word or a line break. */
const isDelimiter = (value: unknown): boolean => typeof value === 'string' && /^[\t !#$%&'()*,/:;<=>?@[\\\]^_`{|}~]$/.test(value)

const checks: { readonly [option in keyof CsvOptions]-?: readonly [wanted: string, (value: unknown) => boolean] } = {
  header: ['wants the names of the columns', value => isTexts(value) && value.length > 0],
  delimiter: ["wants one sign such as ';', '\\t' or '|'", isDelimiter],
  decimal: ["wants '.' or ','", value => value === '.' || value === ','],
  booleans: ["wants two different words, for true and for false: ['TRUE', 'FALSE']", value => isTexts(value) && isPair(value)],
}
const isPair = ([yes, no, ...more]: readonly string[]): boolean => Boolean(yes && no) && yes !== no && more.length === 0

/** @throws MR302 naming every wrong option */
export function csvForm(options: readonly string[] | CsvOptions): CsvForm {
  if (typeof options !== 'object' || options === null) {
    throw new MillraceError(
      'MR302',
      `csv: ${JSON.stringify(options)} is neither the names of the columns nor options such as { delimiter: ';' }`,
    )
  }
  const given: CsvOptions = isTexts(options) ? { header: options } : options
  const faults = Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined) return []
    const check = Object.hasOwn(checks, name) ? checks[name as keyof CsvOptions] : undefined
    if (check) return check[1](value) ? [] : [`\`${name}\` ${check[0]}`]
    const near = nearest(name, Object.keys(checks))
    return [`there is no option \`${name}\`${near ? `, did you mean \`${near}\`?` : ''}`]
  })
  if (faults.length > 0) throw new MillraceError('MR302', `csv: ${faults.join('; ')}`)
  const { header, delimiter = defaults.delimiter, decimal = defaults.decimal, booleans = defaults.booleans } = given
  return { header, delimiter: delimiter.charCodeAt(0), decimal, booleans }
}

/** What is not as usual, for the plan. */
export function csvParams({ header, delimiter, decimal, booleans }: CsvForm): { readonly [option: string]: Json } {
  const sign = String.fromCharCode(delimiter)
  const isUsual = booleans[0] === defaults.booleans[0] && booleans[1] === defaults.booleans[1]
  return {
    ...(header && { header }),
    ...(sign !== defaults.delimiter && { delimiter: sign }),
    ...(decimal !== defaults.decimal && { decimal }),
    ...(!isUsual && { booleans }),
  }
}

/** The same back from the parameters of a decoder; undefined where it reads no CSV. */
export const csvOptionsOf = ({ decoder, ...options }: { readonly [option: string]: Json }): CsvOptions | undefined =>
  decoder === 'csv' ? (options as CsvOptions) : undefined
