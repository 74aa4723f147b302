import { basename } from 'node:path'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { loadJob } from '../runtime/load/load-job.js'
import { counted } from './counted.js'
import { withSample } from './data-sample.js'
import { typeCheck } from './type-check.js'
import { asFindings, fine, type Reported, wrong } from './validate-finding.js'

/** What TypeScript says of rows and streams that it cannot know, because of an error before. */
const follows = /on type '(?:SymbolicRow<unknown>|Output)'|'ListExpr<unknown>'/

export interface ValidatedJob {
  /** The job's id; of a file that does not load its name, as `init` gives both one. */
  readonly id: string
  /** Undefined where `run` would refuse the job. */
  readonly graph: Graph | undefined
  readonly reports: readonly Reported[]
}

/** Errors at which TypeScript stumbles, too: what it says of them, and of what follows from them, is no news. */
const noTypes: ReadonlySet<string> = new Set(['MR401', 'MR402', 'MR405'])

/** Loads and connects a job exactly as `run` does, and checks its types beside; every error of both, each told once. `files` have data of its sources, for samples. */
export async function validateJob(path: string, files: readonly string[]): Promise<ValidatedJob> {
  const loading = await graphOf(path)
  if ('graph' in loading) {
    const { graph } = loading
    const { nodes } = graph.plan
    const parts = `${nodes.length} nodes, ${counted(graph.sources.length, 'source')}, ${counted(graph.sinks.length, 'view or sink', 'views and sinks')}`
    return { id: graph.job, graph, reports: [fine(path, `${path}: job ${graph.job}, ${parts}`), ...(await types(path))] }
  }
  const errors = await Promise.all(loading.error.each().map(error => withSample(error, files)))
  const refused = { id: loading.id, graph: undefined }
  if (errors.some(({ code }) => noTypes.has(code))) return { ...refused, reports: asFindings(path, loading.error) }
  return { ...refused, reports: await withTypes(path, errors) }
}

async function graphOf(path: string): Promise<{ readonly graph: Graph } | { readonly id: string; readonly error: MillraceError }> {
  let id = basename(path).replace(/(\.job)?\.[^.]+$/, '')
  try {
    const { job } = await loadJob(path)
    id = job.id
    return { graph: job.start({ bounded: false }) }
  } catch (error) {
    if (error instanceof MillraceError) return { id, error }
    throw error
  }
}

async function types(path: string): Promise<readonly Reported[]> {
  const checked = await typeCheck(path)
  if (!checked.checked) return [fine(path, `${path}: types not checked: ${checked.reason}`)]
  return checked.ok ? [fine(path, `${path}: types`)] : checked.errors.map(error => wrong(path, error))
}

/**
 * A line that is wrong already says what TypeScript says of it in a note; what else is wrong with the types follows, but for
 * what is unknown to it only because of the error before.
 */
async function withTypes(path: string, errors: readonly MillraceError[]): Promise<readonly Reported[]> {
  const checked = await typeCheck(path)
  const found = (checked.checked ? checked.errors : []).filter(({ message }) => !follows.test(message))
  const notes = new Map<MillraceError, string[]>()
  const further: MillraceError[] = []
  for (const type of found) {
    const error = nearestOf(type, errors)
    if (error) notes.set(error, [...(notes.get(error) ?? []), `types: ${type.message}`])
    else further.push(type)
  }
  const told = errors.map(error => error.with({ notes: [...error.notes, ...new Set(notes.get(error) ?? [])] }))
  return [...told, ...further].map(error => wrong(path, error))
}

/** The error of the same line that stands nearest to what TypeScript says. */
function nearestOf({ place }: MillraceError, errors: readonly MillraceError[]): MillraceError | undefined {
  const away = (error: MillraceError): number => Math.abs(error.place!.column - place!.column)
  return errors
    .filter(error => place && error.place?.file === place.file && error.place.line === place.line)
    .sort((a, b) => away(a) - away(b))[0]
}
