import { existsSync } from 'node:fs'
import type { Graph } from '../job/graph.js'
import { type CsvWords, csvWritten } from './csv-written.js'
import { readOptions } from './read-option.js'
import { validateDashboard } from './validate-dashboard.js'
import { validateData } from './validate-data.js'
import type { Finding, Reported } from './validate-finding.js'
import { validateJob } from './validate-job.js'
import { validatePeers } from './validate-peers.js'
import { validateTogether } from './validate-together.js'
import { writeOut } from './write-out.js'

export interface ValidateOptions extends CsvWords {
  readonly strict?: boolean
  readonly json?: boolean
}

/**
 * `millrace validate JOB…`: what `run` checks before it opens anything, types and dashboards beside, then each peer; all
 * that is wrong at once. Gives the exit code: 0 where nothing is wrong (there may be warnings), 1 where something is.
 */
export async function validate(paths: readonly string[], options: ValidateOptions): Promise<number> {
  const bindings = readOptions(options.read)
  const written = csvWritten(options)
  const findings: Finding[] = []
  const say = (reports: readonly Reported[]): void => {
    for (const { finding, text } of reports) {
      findings.push(finding)
      if (!options.json) process.stderr.write(`${text}\n`)
    }
  }
  const graphs: Graph[] = []
  for (const path of paths) {
    const validated = await validateJob(
      path,
      bindings.map(({ file }) => file),
    )
    say(validated.reports)
    // A file that is not there has no dashboard.
    if (validated.graph || existsSync(path)) say(await validateDashboard(validated, paths))
    const { graph } = validated
    if (!graph) continue
    graphs.push(graph)
    say(await validateData(graph, bindings, paths.length > 1, written))
  }
  say(validateTogether(graphs))
  // Over files no peer is asked, as in `run`.
  if (bindings.length === 0) for (const graph of graphs) say(await validatePeers(graph, options.strict === true))
  const failed = findings.some(({ level }) => level === 'error')
  if (options.json) await writeOut(`${JSON.stringify({ ok: !failed, findings })}\n`)
  return failed ? 1 : 0
}
