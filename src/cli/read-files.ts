import { join } from 'node:path'
import pc from 'picocolors'
import type { Job } from '../job/graph.js'
import type { BoundedLetter } from '../runtime/bounded/bounded-input.js'
import { runBounded } from '../runtime/bounded/run-bounded.js'
import { DeadLetterFile } from '../runtime/letters/dead-letter-file.js'
import { systemDisk } from '../runtime/seams/system-disk.js'
import { boundFiles } from './bound-files.js'
import { csvWritten } from './csv-written.js'
import { readOptions } from './read-option.js'
import { resultsNdjson } from './results-ndjson.js'
import type { RunOptions } from './run.js'
import { writeOut } from './write-out.js'

/** `millrace run JOB --read NAME=FILE`: over files until their end, without brokers, sinks or server. Gives the exit code. */
export async function readFiles(jobs: readonly Job[], options: RunOptions): Promise<number> {
  const bindings = readOptions(options.read)
  const letters = options.data === undefined ? undefined : new DeadLetterFile(systemDisk, join(options.data, 'dead-letters.ndjson'))
  const say = (text: string): void => void (options.quiet || process.stderr.write(`${text}\n`))
  for (const job of jobs) {
    const files = await boundFiles(job.start({ bounded: true }), bindings, jobs.length > 1, csvWritten(options))
    let kept = Promise.resolve()
    const { rows, results, late, deadLettered } = await runBounded({
      job,
      files,
      debug: line => process.stderr.write(`${line}\n`),
      onOutput: output => (options.results === 'ndjson' ? writeOut(resultsNdjson(output)) : undefined),
      onDeadLetter: letter => {
        const { source, line, code, reason, stack } = letter
        const file = bindings.find(binding => binding.source === source)?.file
        process.stderr.write(
          `${pc.yellow('dead letter')} ${file ?? source}${line === undefined ? '' : `:${line}`} ${pc.bold(code)} ${reason}${frameOf(stack)}\n`,
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

/** Where the job's own JavaScript threw, in its author's file. */
const frameOf = (stack: string | undefined): string => {
  const frame = stack?.split('\n').find(line => /^ +at /.test(line))
  return frame === undefined ? '' : pc.dim(`\n  ${frame.trim()}`)
}

const letterLine = (job: string, { source, code, reason, line, bytes }: BoundedLetter): string =>
  `${JSON.stringify({ job, source, code, reason, line, bytes: Buffer.from(bytes).toString('base64') })}\n`
