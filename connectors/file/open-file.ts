import { open } from 'node:fs/promises'
import { csv } from '../../src/codecs/csv.js'
import type { Decoder, FieldUse } from '../../src/codecs/decoder.js'
import { json } from '../../src/codecs/json.js'
import { type MessageDecoderSpec, messageDecoder } from '../../src/codecs/message-decoder.js'
import type { SourceReader } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'
import { csvHeader } from './csv-header.js'
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
 * that they lie in a message (`at`, `from`) is ignored. A bad line is a rejection; `lines` of its chunk has its number.
 * The format is that of the extension unless given: `.csv`, `.ndjson`, `.jsonl`.
 *
 * @throws MR217 a column is missing, MR218 the file cannot be read, MR219 the header is malformed, MR220 unknown extension.
 * @example
 * const { reader, decoder } = await openFile('data/motes.csv', Reading)
 */
export async function openFile(path: string, schema: Schema<unknown>, format = formatOf(path)): Promise<OpenFile> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new MillraceError('MR218', cause.code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be opened: ${cause.message}`, {
      cause,
    })
  })
  const reader = new RecordReader(file, path, format === 'csv')
  try {
    if ((await file.stat()).isDirectory()) throw new MillraceError('MR218', `${path} is a folder, not a file`)
    const named = byName(schema)
    const spec = format === 'csv' ? csv(named, await headerOf(reader, path, named)) : json(named)
    return { reader, decoder: use => limited(spec).compile(use) }
  } catch (error) {
    await reader.close()
    throw error
  }
}

function formatOf(path: string): 'csv' | 'ndjson' {
  if (/\.csv$/i.test(path)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(path)) return 'ndjson'
  throw new MillraceError('MR220', `${path} is neither .csv nor .ndjson`)
}

/** The schema with every field read from the body by its own name. */
function byName(schema: Schema<unknown>): Schema<unknown> {
  const fields = Object.entries(schema.fields as Record<string, FieldSpec>)
  return {
    fields: Object.fromEntries(fields.map(([name, spec]) => [name, { ...spec, origin: { section: 'body' }, path: [name] }])) as never,
  }
}

async function headerOf(reader: RecordReader, path: string, schema: Schema<unknown>): Promise<readonly string[]> {
  const record = await reader.header()
  if (!record) throw new MillraceError('MR217', `${path} is empty: it has no header line`)
  return csvHeader(path, record, schema)
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
