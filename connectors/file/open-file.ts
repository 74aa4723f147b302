import { open } from 'node:fs/promises'
import { csv } from '../../src/codecs/csv.js'
import { type CsvOptions, csvForm } from '../../src/codecs/csv-form.js'
import type { Decoder, FieldUse } from '../../src/codecs/decoder.js'
import { json } from '../../src/codecs/json.js'
import { type MessageDecoderSpec, messageDecoder } from '../../src/codecs/message-decoder.js'
import type { SourceReader } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'
import { csvHeader } from './csv-header.js'
import { forReading, otherThanFile } from './other-than-file.js'
import { contentsOf } from './packed-bytes.js'
import { RecordReader } from './record-reader.js'
import { recordLimit } from './record-scanner.js'

/** A file bound to a source of a job. */
export interface OpenFile {
  /** Bounded: `next` gives undefined behind the last record. */
  readonly reader: SourceReader
  decoder(use: FieldUse): Decoder
}

/**
 * Opens a CSV or NDJSON file for `--read`. Fields are bound by *name* (CSV header, NDJSON key); where the schema says
 * that they lie in a message (`at`, `from`) is ignored, but for a CSV column of that name. A bad line is a rejection; `lines` of its chunk has its number.
 * The format is that of the extension unless given: `.csv`, `.ndjson`, `.jsonl`; what gzip packed (`.gz`) is unpacked. `options` say how
 * CSV is written.
 *
 * @throws MR302 wrong options, MR217 a column is missing, MR218 the file cannot be read, MR219 the header is malformed, MR220 unknown extension.
 * @example
 * const { reader, decoder } = await openFile('data/motes.csv', Reading)
 */
export async function openFile(
  path: string,
  schema: Schema<unknown>,
  format = formatOf(path),
  options: CsvOptions = {},
): Promise<OpenFile> {
  const form = csvForm(options)
  const file = await open(path, forReading).catch((cause: NodeJS.ErrnoException) => {
    throw new MillraceError('MR218', cause.code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be opened: ${cause.message}`, {
      cause,
    })
  })
  const delimiter = format === 'csv' ? form.delimiter : undefined
  try {
    const other = otherThanFile(await file.stat())
    const hint = other === 'a folder' ? 'Name a file in it.' : 'Write what it gives to a file, and name that.'
    if (other) throw new MillraceError('MR218', `${path} is ${other}, not a file`, { hint })
    const reader = new RecordReader(await contentsOf(path, file), path, delimiter)
    const named = byName(schema, format)
    const names = async () => form.header ?? (await headerOf(reader, path, named, form.delimiter))
    const spec = format === 'csv' ? csv(named, { ...options, header: await names() }) : json(named)
    return { reader, decoder: use => limited(spec).compile(use) }
  } catch (error) {
    await file.close()
    throw error
  }
}

function formatOf(path: string): 'csv' | 'ndjson' {
  if (/\.csv(\.gz)?$/i.test(path)) return 'csv'
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) return 'ndjson'
  throw new MillraceError('MR220', `${path} is neither .csv nor .ndjson, packed by gzip or not`)
}

/** The schema with every field read from the body, by its own name; CSV knows which column is meant. */
function byName(schema: Schema<unknown>, format: 'csv' | 'ndjson'): Schema<unknown> {
  const fields = Object.entries(schema.fields as Record<string, FieldSpec>)
  return {
    fields: Object.fromEntries(
      fields.map(([name, spec]) => [name, { ...spec, origin: { section: 'body' }, path: format === 'csv' ? spec.path : [name] }]),
    ) as never,
  }
}

async function headerOf(reader: RecordReader, path: string, schema: Schema<unknown>, delimiter: number): Promise<readonly string[]> {
  const record = await reader.header()
  if (!record) {
    throw new MillraceError('MR217', `${path} is empty: it has no header line`, {
      hint: 'Look whether it is the file that is meant, and whether it was written to its end.',
    })
  }
  return csvHeader(path, record, schema, delimiter)
}

/** The same decoder, but records that the reader had to cut are refused. */
function limited(spec: MessageDecoderSpec<unknown>): Pick<MessageDecoderSpec<unknown>, 'compile'> {
  return messageDecoder({
    params: spec.params,
    schema: spec.schema,
    reader: rows => {
      const read = spec.reader(rows)
      return view => {
        if (view.end - view.start < recordLimit) return read(view)
        return { code: 'MR210', reason: `the record is longer than ${recordLimit} bytes` }
      }
    },
  })
}
