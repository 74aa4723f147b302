import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkJobSource } from '../expr/check-job-source.js'
import { setExpressionPlace } from '../expr/expression-place.js'
import type { Graph, GraphOptions, Job } from '../job/graph.js'
import { isJob } from '../job/job.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { bundleJob, type JobBundle, type ResolveMillrace } from './bundle-job.js'
import { BundleMap } from './bundle-map.js'

/** A job as its file gave it. */
export interface LoadedJob {
  readonly file: string
  readonly job: Job
  /** The bundle as it runs: kept beside the state, so that a later edit can be told from it. */
  readonly code: string
}

export interface LoadOptions {
  /** By default the modules that this command consists of. */
  readonly resolveMillrace?: ResolveMillrace
  /** How the bundle is imported; for runtimes that load modules their own way. */
  readonly importModule?: (url: string) => Promise<unknown>
}

/** `millrace` is `src/index.js` beside this folder, `millrace/testing` is `src/testing/index.js`, `millrace/amqp` a connector. */
const ownModules: ResolveMillrace = specifier => {
  const [, part] = specifier.split('/')
  if (part === undefined) return new URL('../index.js', import.meta.url)
  if (part === 'testing') return new URL('../testing/index.js', import.meta.url)
  return new URL(`../../connectors/${part}/index.js`, import.meta.url)
}

/**
 * Loads a job file: any `.ts` or `.js` file, from any folder. Errors of its code are placed in the author's files.
 *
 * @throws MR401 no such file, MR402 syntax, MR403 no job, MR404 it threw, MR405 an import is missing; and the codes of
 *   the language of jobs (MR1xx).
 * @example
 * const { job } = await loadJob('jobs/max-temperature.job.ts')
 */
export async function loadJob(path: string, options: LoadOptions = {}): Promise<LoadedJob> {
  const file = resolve(path)
  const found = await stat(file).catch(() => {
    throw new MillraceError('MR401', `there is no job file ${path}`)
  })
  if (found.isDirectory()) throw new MillraceError('MR401', `${path} is a folder, not a job file`)
  const bundle = await bundleJob(file, options.resolveMillrace ?? ownModules)
  const map = new BundleMap(bundle)
  refuseForbidden(bundle, map)
  // Stacks of row functions name the author's lines, too.
  process.setSourceMapsEnabled(true)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  const module = join(folder, `${basename(file).replace(/\.[^.]*$/, '')}.mjs`)
  const url = pathToFileURL(module).href
  try {
    await writeFile(module, bundle.code)
    const exports = await placed(map, url, () => (options.importModule ?? importModule)(url))
    const job = (exports as { readonly default?: unknown }).default
    if (job === undefined) throw new MillraceError('MR403', `${path} has no default export`, { place: { file, line: 1, column: 1 } })
    if (!isJob(job)) throw new MillraceError('MR403', `the default export of ${path} is no job`, { place: { file, line: 1, column: 1 } })
    return { file, job: withPlaces(job, map, url), code: bundle.code }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The job's own modules must not use what would make its results depend on more than its input. */
function refuseForbidden(bundle: JobBundle, map: BundleMap): void {
  const [first, ...others] = checkJobSource(bundle.code, bundle.file).map(error => {
    const original = error.place && map.original(error.place.line, error.place.column)
    if (!original) return error
    const place = { ...original, ...(error.place?.length !== undefined && { length: error.place.length }) }
    return new MillraceError(error.code, error.message, { place, notes: error.notes, hint: error.hint })
  })
  if (!first) return
  const further = others.map(({ code, message, place }) => `${code} ${message}${place ? ` (line ${place.line})` : ''}`)
  throw new MillraceError(first.code, first.message, {
    notes: [...first.notes, ...further],
    hint: first.hint,
    ...(first.place && { place: first.place }),
  })
}

const importModule = (url: string): Promise<unknown> => import(url)

/** The job with a `start` whose errors are placed. */
function withPlaces(job: Job, map: BundleMap, url: string): Job {
  const start = (options: GraphOptions): Graph => {
    setExpressionPlace((source, offset) => map.placeOf(source, offset))
    try {
      return job.start(options)
    } catch (error) {
      throw placeError(error, map, url)
    } finally {
      setExpressionPlace(undefined)
    }
  }
  return { ...job, start }
}

async function placed<T>(map: BundleMap, url: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw placeError(error, map, url)
  }
}

function placeError(error: unknown, map: BundleMap, url: string): MillraceError {
  const place = map.placeOfError(error, url)
  if (error instanceof MillraceError) return place ? error.at(place) : error
  // The only check that the engine makes before any code of the bundle runs.
  const missing = error instanceof SyntaxError && /module '([^']*)' does not provide an export named '([^']*)'/.exec(error.message)
  if (missing) return new MillraceError('MR405', `${missing[1]} has no export \`${missing[2]}\``, { cause: error })
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new MillraceError('MR404', reason, { cause: error, ...(place && { place }) })
}
