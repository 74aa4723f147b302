import type { Graph } from '../job/graph.js'
import { guaranteeOf } from '../job/guarantee.js'
import { catalogue, explainCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Guarantee } from '../model/guarantee.js'
import { nearest } from '../model/nearest.js'
import type { Plan } from '../plan/plan.js'
import { printAscii } from '../plan/print-ascii.js'
import { printGuarantee } from '../plan/print-guarantee.js'
import { printJson } from '../plan/print-json.js'
import { printMermaid } from '../plan/print-mermaid.js'
import { defaultIdMs, defaultIds } from '../runtime/identity/id-set.js'
import { loadJob } from '../runtime/load/load-job.js'

const printers: Readonly<Record<string, (plan: Plan, guarantee: Guarantee) => string>> = {
  ascii: (plan, guarantee) => `${printAscii(plan).trimEnd()}\n\n${printGuarantee(guarantee)}`,
  mermaid: printMermaid,
  json: (plan, guarantee) => printJson({ ...plan, guarantee }),
}

/** As `millrace run` runs it: with a data folder. What only an open sink knows is left open. */
const guaranteeOfRun = (graph: Graph): Guarantee => {
  const { why, ...promised } = guaranteeOf(graph, { journal: true, remembered: { ids: defaultIds, ms: defaultIdMs } })
  return { ...promised, why: [...why, 'this holds for `millrace run`, which keeps a data folder; without one nothing outlives a crash'] }
}

/** The page of an error code, as the terminal shows it. */
export function codePage(code: string): string {
  const entry = explainCode(code)
  if (!entry) {
    const near = nearest(code, Object.keys(catalogue))
    throw new MillraceError('MR603', `there is no error ${code}`, near ? { hint: `did you mean ${near}?` } : {})
  }
  return `${code}  ${entry.title}\n\n${entry.cause}\n\nWhat to do: ${entry.remedy}\nWhat Millrace does: ${actions[entry.action]}\n`
}

const actions = {
  retry: 'it tries again.',
  'back-off': 'it tries again after a pause that grows.',
  'dead-letter': 'it keeps the message with its bytes among the dead letters and goes on.',
  drain: 'it finishes what it has received, then stops the job.',
  refuse: 'it refuses this, and no more; what runs goes on.',
  stop: 'it stops the job, or does not start it; other jobs go on.',
} as const

/** The plan of a job file, with the guarantee that it has, in one of the three forms. */
export async function jobPlan(path: string, format: string): Promise<string> {
  const print = printers[format]
  if (!print) throw new MillraceError('MR601', `explain knows no format '${format}'`, { hint: 'use ascii, mermaid or json' })
  const { job } = await loadJob(path)
  const graph = job.start({ bounded: false })
  return `${print(graph.plan, guaranteeOfRun(graph)).trimEnd()}\n`
}
