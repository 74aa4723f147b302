import { join } from 'node:path'
import pc from 'picocolors'
import { openFile } from '../../connectors/file/index.js'
import type { Job } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { BoundedFile, BoundedLetter } from '../runtime/bounded/bounded-input.js'
import { runBounded } from '../runtime/bounded/run-bounded.js'
import { DeadLetterFile } from '../runtime/letters/dead-letter-file.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { type ReadOption, readOption } from './read-option.js'
import { resultsNdjson } from './results-ndjson.js'
import type { RunOptions } from './run.js'
import { withTimeField } from './with-time-field.js'
import { writeOut } from './write-out.js'

/** `millrace run JOB --read NAME=FILE`: over files until their end, without brokers, sinks or server. Gives the exit code. */
export async function readFiles(jobs: readonly Job[], options: RunOptions): Promise<number> {
  const bindings = options.read.map(readOption)
  for (const { source } of bindings) {
    if (bindings.filter(other => other.source === source).length > 1) throw new MillraceError('MR604', `--read binds '${source}' twice`)
  }
  const letters = options.data === undefined ? undefined : new DeadLetterFile(systemDisk, join(options.data, 'dead-letters.ndjson'))
  const say = (text: string): void => void (options.quiet || process.stderr.write(`${text}\n`))
  for (const job of jobs) {
    const files = await openAll(job, bindings, jobs.length > 1)
    let kept = Promise.resolve()
    const { rows, results, late, deadLettered } = await runBounded({
      job,
      files,
      debug: line => process.stderr.write(`${line}\n`),
      onOutput: output => (options.results === 'ndjson' ? writeOut(resultsNdjson(output)) : undefined),
      onDeadLetter: letter => {
        const { source, line, code, reason } = letter
        const file = bindings.find(binding => binding.source === source)?.file
        process.stderr.write(
          `${pc.yellow('dead letter')} ${file ?? source}${line === undefined ? '' : `:${line}`} ${pc.bold(code)} ${reason}\n`,
        )
        if (letters) kept = kept.then(() => letters.append(letterLine(job.id, letter)))
      },
    })
    await kept
    say(pc.dim(`${job.id}: ${rows} rows, ${results} results, ${late} late, ${deadLettered} dead letters`))
  }
  await letters?.close()
  return 0
}

const letterLine = (job: string, { source, code, reason, line, bytes }: BoundedLetter): string =>
  `${JSON.stringify({ job, source, code, reason, line, bytes: Buffer.from(bytes).toString('base64') })}\n`

async function openAll(job: Job, bindings: readonly ReadOption[], several: boolean): Promise<ReadonlyMap<string, BoundedFile>> {
  const { sources } = job.start({ bounded: true })
  const files = new Map<string, BoundedFile>()
  for (const { source, file, timeField } of bindings) {
    const known = sources.find(({ id }) => id === source)
    if (!known && several) continue
    if (!known) {
      throw new MillraceError('MR604', `the job '${job.id}' has no source '${source}'`, {
        hint: `its sources are ${sources.map(({ id }) => id).join(', ')}`,
      })
    }
    const { schema } = known.spec.decoder
    if (timeField === undefined) files.set(source, await openFile(file, schema))
    else files.set(source, { ...(await openFile(file, await withTimeField(file, schema, timeField))), timeField })
  }
  return files
}
