import { checkOptions, type OptionCheck, wants } from '../../src/connector/check-options.js'

/** Options of a console sink. */
export interface ConsoleSinkOptions {
  /** Prints every n-th row; default 1, all. */
  readonly every?: number
  /** Default: a table where stdout is a terminal, else `ndjson`, a JSON object a line. */
  readonly format?: 'table' | 'ndjson'
}

const checks: Readonly<Record<string, OptionCheck>> = {
  every: wants.count,
  format: value => (value === 'table' || value === 'ndjson' ? undefined : "wants 'table' or 'ndjson'"),
}

/** @throws MR302 naming every fault */
export const checkSinkOptions = (id: string, options: ConsoleSinkOptions): void => checkOptions(`consoleSink '${id}'`, options, checks, [])
