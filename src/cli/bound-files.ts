import { openFile } from '../../connectors/file/open-file.js'
import { type CsvOptions, csvOptionsOf } from '../codecs/csv-form.js'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { BoundedFile } from '../runtime/bounded/bounded-input.js'
import type { ReadOption } from './read-option.js'
import { withTimeField } from './with-time-field.js'

/**
 * Opens the file of each `--read` for the source of that name. `several`: other jobs are read too, so a name may be theirs.
 * CSV is taken to be written as a source of CSV says, and where `written` says otherwise as that.
 *
 * @throws MR302 `written` cannot be, MR604 a source that the job does not have, and what keeps a file from being read: MR217 … MR220, MR432.
 */
export async function boundFiles(
  graph: Graph,
  bindings: readonly ReadOption[],
  several: boolean,
  written: CsvOptions = {},
): Promise<ReadonlyMap<string, BoundedFile>> {
  const { sources } = graph
  const files = new Map<string, BoundedFile>()
  for (const { source, file, timeField } of bindings) {
    const known = sources.find(({ id }) => id === source)
    if (!known && several) continue
    if (!known) {
      throw new MillraceError('MR604', `the job '${graph.job}' has no source '${source}'`, {
        hint: `its sources are ${sources.map(({ id }) => id).join(', ')}`,
      })
    }
    const { schema, params } = known.spec.decoder
    const options = { ...csvOptionsOf(params), ...written }
    const fields = timeField === undefined ? schema : await withTimeField(file, schema, timeField, options)
    files.set(source, { ...(await openFile(file, fields, undefined, options)), ...(timeField !== undefined && { timeField }) })
  }
  return files
}
