import { csvForm, csvOptionsOf } from '../../src/codecs/csv-form.js'
import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { resolveText, type Text } from '../../src/connector/secret.js'
import type { CheckResult, ConnectorContext, IdSpec, SourcePromise, SourceSpec } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Schema } from '../../src/model/schema.js'
import { checkRecords } from './check-records.js'
import { readPlace } from './file-place.js'
import { FileSeries } from './file-series.js'
import { withoutLongRecords } from './long-records.js'
import { noSuchFile } from './no-such-file.js'
import { type RecordForm, SourceFile } from './source-file.js'
import { checkSourceOptions, type FileSourceOptions, pathFault } from './source-options.js'
import { FileSourceReader } from './source-reader.js'

/**
 * The identity of a line, a value in its JSON, by keys joined with dots: of lines that somebody wrote twice the second is left
 * out.
 *
 * @example
 * file({ path: 'readings.ndjson', id: bodyId('d.id'), decode: json(Reading) })
 */
export const bodyId = (path: string): IdSpec => ({ from: 'body', path: path.split('.') })

/**
 * A file source: CSV or lines of JSON, of one file or of several in the order of their names, read to their ends or followed
 * as they grow.
 *
 * The journal keeps the place up to which the job has taken them in, so that after a crash or a stop every line counts exactly
 * once. A line that cannot be read goes to the dead letters with file and line number; records of more than 1 MiB do, too.
 *
 * Opening throws MR330 (no such file), MR331, MR333 (another file in its place), MR304; the reader stops with MR217, MR219
 * (header), MR331 or MR332 (cut while it was read).
 *
 * @throws MR302 naming every wrong option.
 * @example
 * file({ path: 'readings/*.csv', decode: csv(Reading), follow: true })
 */
export function file<T>(options: FileSourceOptions<T>): SourceSpec<T> {
  checkSourceOptions(options)
  const { path, follow = false, id } = options
  const decode = withoutLongRecords(options.decode)
  const form = recordForm(options)
  return {
    connector: 'file',
    params: { path: String(path), ...(follow && { follow }) },
    decoder: decode,
    id,
    promise: promiseOf(String(path), follow),
    usesEmbeddedNode: false,
    checkSettings: context => void seriesOf(path, context),
    open: async context => FileSourceReader.open(context, seriesOf(path, context), form, follow),
    check: context => check(path, context, form, decode, follow),
    placeOf: ({ position, lines }, message) =>
      position !== undefined && lines ? `${readPlace(position).file} line ${lines[message]}` : undefined,
  }
}

function recordForm({ decode: { params, schema } }: FileSourceOptions<unknown>): RecordForm {
  const options = csvOptionsOf(params)
  const form = options && csvForm(options)
  return { delimiter: form?.delimiter, header: form && !form.header ? (schema as Schema<unknown>) : undefined }
}

function seriesOf(path: Text, { env }: ConnectorContext): FileSeries {
  const text = resolveText(path, env)
  const fault = pathFault(text)
  if (fault) throw new MillraceError('MR302', `file: \`path\` ${fault}, and is '${text}'`)
  return new FileSeries(text)
}

function promiseOf(path: string, follow: boolean): SourcePromise {
  // A variable may hold a pattern.
  const several = path.includes('*') || path.startsWith('env(') || path.startsWith('secret(')
  const left = follow ? ', nor are lines that come a second after a file with a later name' : ''
  const remarks = [
    ...(follow ? ['lines of a file that is removed, or cut, before they were read are gone'] : []),
    ...(several ? [`of several files, one whose name comes before one that was read already is not read${left}`] : []),
  ]
  const remark = remarks.length > 0 ? { remark: remarks.join('; ') } : {}
  return { unaccepted: 'log', meanwhile: 'kept', repeats: false, readers: 'one', ...remark }
}

/** For `validate`: whether the first file is there, can be read and has the columns, and whether its first records fit. */
async function check(
  path: Text,
  context: ConnectorContext,
  form: RecordForm,
  decode: DecoderSpec<unknown>,
  follow: boolean,
): Promise<readonly CheckResult[]> {
  let file: SourceFile | undefined
  try {
    const series = seriesOf(path, context)
    const first = await series.after(undefined)
    if (first === undefined) throw noSuchFile(series.path)
    file = await SourceFile.open(first, form)
    const records = await file.take(!follow)
    return records ? checkRecords(first, records, decode) : [{ ok: true, message: `${first} can be read, and is empty` }]
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    const { message, code, notes, hint } = error
    return [{ ok: false, message, code, notes, hint, severity: follow && code === 'MR330' ? 'warning' : 'error' }]
  } finally {
    await file?.close()
  }
}
