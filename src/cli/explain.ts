import { catalogue, explainCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { printAscii } from '../plan/print-ascii.js'
import { printJson } from '../plan/print-json.js'
import { printMermaid } from '../plan/print-mermaid.js'
import { loadJob } from '../runtime/load-job.js'

const printers = { ascii: printAscii, mermaid: printMermaid, json: printJson }

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
  stop: 'it stops the job, or does not start it; other jobs go on.',
} as const

/** The plan of a job file in one of the three forms. */
export async function jobPlan(path: string, format: string): Promise<string> {
  const print = printers[format as keyof typeof printers]
  if (!print) throw new MillraceError('MR601', `explain knows no format '${format}'`, { hint: 'use ascii, mermaid or json' })
  const { job } = await loadJob(path)
  return `${print(job.start({ bounded: false }).plan).trimEnd()}\n`
}
