import { checkOptions, isText, type OptionCheck, wants, wantsObject } from '../../src/connector/check-options.js'
import type { Text } from '../../src/connector/secret.js'
import type { Duration } from '../../src/model/duration.js'

/** When a result file is put aside, under a number, and a new one begun. */
export interface Rotation {
  /** Once it has so many bytes; a write is never divided, so that files are a little larger. */
  readonly bytes?: number
  /** At the first row of the next period of this length, counted from the epoch on the job's clock. */
  readonly every?: Duration
}

/** Options of a file sink. */
export interface FileSinkOptions {
  /** Relative to the current folder; folders are made. Nobody else writes to the file. */
  readonly path: Text
  /** `ndjson`: a JSON object a line (default); `csv`: RFC 4180 with a header line in each file. */
  readonly format?: 'ndjson' | 'csv'
  /** Default: never. */
  readonly rotate?: Rotation
  /** Files that stay when they have been put aside, the newest ones; default: all. */
  readonly keep?: number
}

const checks: Readonly<Record<string, OptionCheck>> = {
  path: value => (isText(value) && value !== '' ? undefined : 'wants a path'),
  format: value => (value === 'ndjson' || value === 'csv' ? undefined : "wants 'ndjson' or 'csv'"),
  rotate: wantsObject({ bytes: wants.count, every: wants.positiveDuration }, []),
  keep: wants.count,
}

/** @throws MR302 naming every fault */
export function checkSinkOptions(id: string, options: FileSinkOptions): void {
  const { rotate, keep } = options
  const further =
    keep !== undefined && !rotate?.bytes && !rotate?.every ? ['`keep` is given, and nothing is put aside without `rotate`'] : []
  checkOptions(`fileSink '${id}'`, options, checks, ['path'], further)
}
