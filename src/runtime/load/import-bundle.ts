import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setExpressionPlace } from '../../expr/expression-place.js'
import type { Graph, GraphOptions, Job } from '../../job/graph.js'
import { isJob } from '../../job/job.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'
import { systemTime } from '../seams/system-time.js'
import type { JobBundle } from './bundle-job.js'
import { BundleMap } from './bundle-map.js'
import { missingExport } from './missing-export.js'

/** Imports a module; some runtimes load modules their own way. */
export type ImportModule = (url: string) => Promise<unknown>

const importModule: ImportModule = url => import(url)

/** Ms that a job file may take to load. It only describes a job; what waits for longer waits for something that never comes. */
const longestLoad = 10_000

/**
 * The job that a bundle exports; `name` is what messages call it. Errors of its code, now and at each start, are placed in the author's files.
 *
 * @throws MR403 no job, MR404 it threw or never ends, MR405 a module has no such export.
 */
export async function importBundle(
  bundle: JobBundle,
  name: string,
  load: ImportModule = importModule,
  time: TimeSource = systemTime,
): Promise<Job> {
  const { file } = bundle
  const map = new BundleMap(bundle)
  // Stacks of row functions name the author's lines, too.
  process.setSourceMapsEnabled(true)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  const module = join(folder, `${basename(file).replace(/\.[^.]*$/, '')}.mjs`)
  const url = pathToFileURL(module).href
  try {
    await writeFile(module, bundle.code)
    const exports = await withinPatience(load(url), file, time).catch(async (error: unknown) => {
      throw (await missingExport(error, bundle, map, load)) ?? placeError(error, map, url)
    })
    const job = (exports as { readonly default?: unknown }).default
    if (job === undefined) throw new MillraceError('MR403', `${name} has no default export`, { place: { file, line: 1, column: 1 } })
    if (!isJob(job)) throw new MillraceError('MR403', `the default export of ${name} is no job`, { place: { file, line: 1, column: 1 } })
    return withPlaces(job, map, url)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Without it the process would end in silence, since nothing keeps it alive, as if all were well. */
async function withinPatience(loading: Promise<unknown>, file: string, time: TimeSource): Promise<unknown> {
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    cancel = time.after(longestLoad, () => reject(neverEnds(file)))
  })
  try {
    return await Promise.race([loading, late])
  } finally {
    cancel?.()
  }
}

const neverEnds = (file: string): MillraceError =>
  new MillraceError('MR404', `the file did not end loading in ${longestLoad / 1_000} s: it waits for something`, {
    place: { file, line: 1, column: 1 },
    hint: 'look for an `await` outside of functions, in the job file and in what it imports',
  })

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

function placeError(error: unknown, map: BundleMap, url: string): MillraceError {
  const place = map.placeOfError(error, url)
  if (error instanceof MillraceError) {
    const placed = place ? error.at(place) : error
    if (error.others.length === 0) return placed
    return placed.with({ others: error.others.map(other => placeError(other, map, url)) })
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new MillraceError('MR404', reason, { cause: error, ...(place && { place }) })
}
