import { type Command, InvalidArgumentError } from 'commander'

const address = 'the address that `run` printed (default: http://127.0.0.1:8080)'
const folder = 'read from the data folder of a job, or the one above it, instead'
const most = 99_999

function boundedCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return count
  throw new InvalidArgumentError(`write 1 to ${most.toLocaleString('en')}.`)
}

/** What looks into running jobs: `inspect`, `dead-letters`. `exit` receives exit codes. */
export function addInsightCommands(program: Command, exit: (code: number) => void): void {
  program
    .command('inspect')
    .description('a live table of a running job: rates, watermarks, who holds the flow back; or what passes an edge')
    .argument('[job]', 'which job (default: the first)')
    .option('--url <address>', address)
    .option('--tap <from,to>', 'print a sample of the rows that pass between two nodes')
    .option('--rows <count>', 'end the tap after so many rows', boundedCount)
    .option('--once', 'print the table once; the default where stdout is no terminal')
    .option('--json', 'once, a JSON object a line; of a tap, each sample')
    .action(async (job: string | undefined, options) => exit(await (await import('./inspect.js')).inspect(job, options)))

  const letters = program.command('dead-letters').description('messages that were refused: why, their bytes, and once more')
  const filtered = (command: Command): Command =>
    command
      .option('--job <name>', 'only of this job')
      .option('--code <code>', 'only with this code, such as MR201')
      .option('--source <name>', 'only of this source or sink')
  filtered(letters.command('ls').description('list them, newest first'))
    .option('--url <address>', address)
    .option('--data <dir>', folder)
    .option('--limit <count>', 'letters to list', boundedCount, 100)
    .option('--json', 'a JSON object a line')
    .action(async options => exit(await (await import('./dead-letters-list.js')).listDeadLetters(options)))
  letters
    .command('show')
    .description('one of them: where, why, what to do, its bytes')
    .argument('<id>', 'as `ls` shows it')
    .option('--url <address>', address)
    .option('--data <dir>', folder)
    .option('--all', 'all bytes, not the first 1,024')
    .option('--raw', 'the bytes alone, as they came')
    .option('--json', 'as one JSON object, its bytes in base64')
    .action(async (id: string, options) => exit(await (await import('./dead-letters-show.js')).showDeadLetter(id, options)))
  filtered(letters.command('retry').description('take messages in again, which then count; exits 1 where any does not'))
    .argument('[id...]', 'as `ls` shows them; none: all that fit --job, --code and --source')
    .option('--url <address>', address)
    .option('--limit <count>', 'letters to retry at most', boundedCount, 10_000)
    .option('--yes', 'do not ask')
    .option('--json', 'what became of each, as one JSON object')
    .action(async (ids: string[], options) => exit(await (await import('./dead-letters-retry.js')).retryDeadLetters(ids, options)))
}
