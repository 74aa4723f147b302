import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkJobSource } from '../../expr/check-job-source.js'
import type { Job } from '../../job/graph.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { TimeSource } from '../../model/seams.js'
import { bundleJob, type JobBundle } from './bundle-job.js'
import { BundleMap } from './bundle-map.js'
import { type ImportModule, importBundle } from './import-bundle.js'
import type { ResolveMillrace } from './outside.js'
import { ownModules } from './own-modules.js'

const programs = /\.[cm]?[jt]sx?$/

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
  readonly importModule?: ImportModule
  /** Default: the machine's. */
  readonly time?: TimeSource
}

/**
 * Loads a job file: any `.ts` or `.js` file, from any folder. Errors of its code are placed in the author's files.
 *
 * @throws MR401 no such file, or no program, MR402 syntax, MR403 no job, MR404 it threw or never ends, MR405 an import is missing; and the codes of
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
  if (!programs.test(file)) {
    const hint = `A job file ends in .ts or .js; rows of a file are read with: millrace run JOB --read SOURCE=${path}`
    throw new MillraceError('MR401', `${path} is no job file`, { hint })
  }
  const bundle = await bundleJob(file, options.resolveMillrace ?? ownModules)
  refuseForbidden(bundle, new BundleMap(bundle))
  return { file, job: await importBundle(bundle, path, options.importModule, options.time), code: bundle.code }
}

/** The job's own modules must not use what would make its results depend on more than its input. */
function refuseForbidden(bundle: JobBundle, map: BundleMap): void {
  const [first, ...others] = checkJobSource(bundle.code, bundle.file).map(error => {
    const { place } = error
    const original = place && map.original(place.line, place.column)
    return original ? error.with({ place: { ...original, ...(place.length !== undefined && { length: place.length }) } }) : error
  })
  if (first) throw MillraceError.together([first, ...others])
}
