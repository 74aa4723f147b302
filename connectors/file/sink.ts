import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { resolveText } from '../../src/connector/secret.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import type { CheckResult, ConnectorContext } from '../../src/connector/source.js'
import { durationMs } from '../../src/model/duration.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { expectFile } from './expect-file.js'
import type { ResultPlace } from './result-file.js'
import { checkSinkOptions, type FileSinkOptions } from './sink-options.js'
import { FileSinkWriter } from './sink-writer.js'

/**
 * A file sink: rows as JSON lines or CSV, put aside by size or time.
 *
 * Rows are on the disk before they count as written, and a file beside it, `<path>.position`, keeps their position in the job's
 * life: after a crash the file is cut back to the last whole write and the job goes on behind it, so that each result is there
 * exactly once. While the disk is full or the folder read-only the job waits (MR335). Opening throws MR336 for a file of another
 * sink.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * climate.pipe(into(fileSink('archive', { path: 'results/climate.csv', format: 'csv', rotate: { every: '1d' }, keep: 30 })))
 */
export function fileSink<T>(id: string, options: FileSinkOptions): SinkSpec<T> {
  checkSinkOptions(id, options)
  const { path, format = 'ndjson', rotate, keep } = options
  const params = { path: String(path), format, ...(rotate && { rotate: { ...rotate } }), ...(keep !== undefined && { keep }) }
  return {
    id,
    connector: 'file',
    params,
    kind: 'sink',
    promise: { guarantee: 'transactional' },
    expressions: {},
    usesEmbeddedNode: false,
    checkSettings: context => void placeOf(options, context),
    open: async context => new FileSinkWriter(context, placeOf(options, context), format),
    check: async context => [await check(resolveText(path, context.env))],
  }
}

function placeOf(
  { path, rotate, keep = Number.POSITIVE_INFINITY }: FileSinkOptions,
  { job, id, journal, env, log }: ConnectorContext,
): ResultPlace {
  return {
    path: resolveText(path, env),
    owner: `${job}/${id}`,
    journal,
    rotateBytes: rotate?.bytes ?? Number.POSITIVE_INFINITY,
    rotateMs: rotate?.every === undefined ? 0 : durationMs(rotate.every),
    keep,
    log,
  }
}

/** For `validate`: whether the file, or the nearest folder that is there, may be written. */
async function check(path: string): Promise<CheckResult> {
  try {
    await access((await expectFile(path)) ? path : await nearestFolder(dirname(path)), constants.W_OK)
    return { ok: true, message: `${path} can be written` }
  } catch (error) {
    if (error instanceof MillraceError) return { ok: false, message: error.message, code: 'MR335', hint: error.hint, severity: 'error' }
    return { ok: false, message: `${path} cannot be written: ${(error as Error).message}`, code: 'MR335', severity: 'error' }
  }
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && dirname(path) !== path) return undefined
    throw error
  })
  if (!found) return nearestFolder(dirname(path))
  if (!found.isDirectory()) throw new Error(`${path} is not a folder`)
  return path
}
