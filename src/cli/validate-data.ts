import type { CsvOptions } from '../codecs/csv-form.js'
import type { Rejection } from '../codecs/decoder.js'
import type { Graph, GraphSource } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { BoundedFile } from '../runtime/bounded/bounded-input.js'
import { timeFieldOf } from '../runtime/bounded/time-field.js'
import { boundFiles } from './bound-files.js'
import { shownPath } from './code-frame.js'
import { counted } from './counted.js'
import type { ReadOption } from './read-option.js'
import { asFindings, fine, type Reported, wrong } from './validate-finding.js'

/** Rows of a file that are looked at. */
const mostRows = 100_000
/** Characters of a bad line that are shown. */
const sampleLength = 200

interface Fault {
  readonly first: Rejection
  readonly line: number
  readonly sample: string
  count: number
}

/**
 * The files of `--read` against the schemas of their sources: what keeps `run` from reading them is an error; lines that
 * would become dead letters are a warning for each kind of fault, with the first of them.
 */
export async function validateData(
  graph: Graph,
  bindings: readonly ReadOption[],
  several: boolean,
  written: CsvOptions,
): Promise<readonly Reported[]> {
  if (bindings.length === 0) return []
  const reports: Reported[] = []
  let files: ReadonlyMap<string, BoundedFile> = new Map()
  try {
    files = await boundFiles(graph, bindings, several, written)
    const unbound = graph.sources.filter(({ id }) => !files.has(id))
    if (unbound.length > 0) {
      throw new MillraceError('MR431', `no file is bound to ${unbound.map(({ id }) => `'${id}'`).join(', ')} of '${graph.job}'`)
    }
    for (const source of graph.sources) {
      const file = files.get(source.id)!
      timeFieldOf(graph, source, file.timeField)
      reports.push(...(await checked(source, file, bindings.find(binding => binding.source === source.id)!.file)))
    }
  } catch (error) {
    reports.push(...asFindings(graph.job, error))
  } finally {
    await Promise.allSettled([...files.values()].map(({ reader }) => reader.close('release')))
  }
  return reports
}

async function checked({ id, spec }: GraphSource, file: BoundedFile, path: string): Promise<readonly Reported[]> {
  const fields = Object.keys(spec.decoder.schema.fields)
  const decoder = file.decoder({ wanted: new Set(fields), keyed: new Set() })
  const faults = new Map<string, Fault>()
  let rows = 0
  for (let chunk = await file.reader.next(); chunk && rows < mostRows; chunk = await file.reader.next()) {
    rows += chunk.length
    for (const rejection of decoder.decode(chunk).rejected) {
      const { code, path: field = '', message } = rejection
      const known = faults.get(`${code} ${field}`)
      if (known) known.count++
      else {
        const line = Buffer.from(chunk.bytes.subarray(chunk.starts[message]!, chunk.ends[message]!)).toString('utf8')
        const sample = line.length > sampleLength ? `${line.slice(0, sampleLength)}…` : line
        faults.set(`${code} ${field}`, { first: rejection, line: chunk.lines?.[message] ?? 1, sample, count: 1 })
      }
    }
  }
  if (faults.size === 0) return [fine(shownPath(path), `${shownPath(path)}: ${counted(rows, 'row')} fit source '${id}'`)]
  return [...faults.values()].map(({ first, line, sample, count }) => {
    const others = count > 1 ? ` (and ${counted(count - 1, 'line')} more)` : ''
    const error = new MillraceError(first.code, `${first.reason}${others}`, {
      place: { file: path, line, column: 1, length: Math.max(1, sample.split('\n')[0]!.length) },
      notes: [`sample: ${sample.replaceAll('\n', '\\n')}`],
    })
    return wrong(shownPath(path), error, 'warning')
  })
}
