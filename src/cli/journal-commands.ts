import type { Command } from 'commander'

const collected = (value: string, list: readonly string[]): readonly string[] => [...list, value]
const jobData = 'the data folder of the job, or the one above it (default: .millrace/<job>)'
const from = 'first entry: its number, or a time such as 2026-01-05T08:00:00Z'
const to = 'last entry, included: its number, or a time'

/** What works on a job's data folder: `replay`, `drain`, `journal`. `exit` receives exit codes. */
export function addJournalCommands(program: Command, exit: (code: number) => void): void {
  program
    .command('replay')
    .description('take a stretch of the journal through the job again, without its sources and sinks; also while it runs')
    .argument('<job>', 'job file')
    .option('--data <dir>', jobData)
    .option('--from <place>', from)
    .option('--to <place>', to)
    .option('--into <file>', 'write the results, as NDJSON, to a file instead of stdout')
    .option('--compare', 'show which results differ from those of the job as it was; exits 1 if any does')
    .option('--show <count>', 'differences, or dead letters, to show', '20')
    .option('--json', 'the summary, or the comparison, as one JSON object')
    .option('--quiet', 'say only what is wrong')
    .action(async (job: string, options) => exit(await (await import('./replay.js')).replay(job, options)))

  program
    .command('drain')
    .description('take in the rest of the journal, send what waits, take a snapshot and end; no source is opened')
    .argument('<job>', 'job file')
    .option('--data <dir>', jobData)
    .option('--drop <node>', 'give up the state of this node if it does not fit the edited job; repeat', collected, [])
    .option('--json', 'messages as JSON lines')
    .option('--quiet', 'say only what is wrong')
    .action(async (job: string, options) => exit(await (await import('./drain.js')).drain(job, options)))

  const journal = program.command('journal').description('look into the journal of a job; changes nothing, also while the job runs')
  journal
    .command('ls')
    .description('its segments: epochs, entries, messages, times, sizes')
    .argument('<dir>', 'the data folder of a job')
    .option('--json', 'as one JSON object')
    .action(async (dir: string, options) => exit(await (await import('./journal.js')).journalList(dir, options)))
  journal
    .command('cat')
    .description('its entries and notes, one a line')
    .argument('<dir>', 'the data folder of a job')
    .option('--from <place>', from)
    .option('--to <place>', to)
    .option('--json', 'a JSON object a line')
    .option('--bytes', 'whole messages in base64 instead of samples')
    .action(async (dir: string, options) => exit(await (await import('./journal.js')).journalCat(dir, options)))
  journal
    .command('verify')
    .description('check every checksum of journal, snapshots, bundles and dead letters; exits 1 where something is damaged')
    .argument('<dir>', 'the data folder of a job')
    .option('--json', 'findings as one JSON object')
    .action(async (dir: string, options) => exit(await (await import('./journal-verify.js')).journalVerify(dir, options)))
}
