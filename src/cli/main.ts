#!/usr/bin/env node
import { Command, CommanderError, Help, Option } from 'commander'
import { MillraceError } from '../model/errors/millrace-error.js'
import { addAuthorCommands } from './author-commands.js'
import { addInsightCommands } from './insight-commands.js'
import { addJournalCommands } from './journal-commands.js'
import { version } from './package-root.js'
import { errorLines, errorText } from './print-error.js'
import { addTestCommands } from './test-commands.js'
import { usageError } from './usage-error.js'
import { writeOut } from './write-out.js'

// Each command is loaded when it is asked for: help and answers to mistakes come at once.
const collected = (value: string, list: readonly string[]): readonly string[] => [...list, value]
const exit = (code: number): void => {
  process.exitCode = code
}

const program = new Command('millrace')
  .description(
    'Streaming analytics for sensor data: AMQP 1.0, MQTT and files in, windowed operator graphs as job files, sinks, live views and an HTTP API out.',
  )
  .version(version)
  .showSuggestionAfterError()
  .configureHelp({
    sortSubcommands: false,
    // An option that may be repeated begins with an empty list, which is no default to tell.
    optionDescription: option => new Help().optionDescription(option).replace(' (default: [])', ''),
  })
  // Errors are printed in one place, below.
  .configureOutput({ outputError: () => undefined })
  .exitOverride()

/** With `--json` of `run` and `broker`, who reads their messages as lines gets their errors so, too. */
let asLines = false
program.hook('preAction', (_, command) => {
  asLines = ['run', 'broker'].includes(command.name()) && command.getOptionValue('json') === true
})

const processOptions = (command: Command, kept: string): Command =>
  command
    .option('--http <host:port>', 'where the page and the API listen (default 127.0.0.1:8080, or a free port)')
    .option('--amqp <host:port>', 'where the embedded AMQP node listens (default 127.0.0.1:5672, or a free port)')
    .option('--data <dir>', `where state and dead letters are kept (default: ${kept})`)
    .option('--live-readers <count>', 'live readers at a time, at most (default 1000)')
    .option('--quiet', 'say only what is wrong')

processOptions(
  program
    .command('demo')
    .description('replay real sensor data through a job, with a live page')
    .argument('[name]', 'mote-climate, thermostat or max-temperature', 'mote-climate'),
  'nowhere',
)
  .option('--share [address]', 'let guests of the network look at the page, read only, by an address with a random token')
  .option('--speed <factor>', 'how many seconds of data pass in one (default 60 for mote-climate, else 1)')
  .option('--for <duration>', 'stop by itself, this long after the first message')
  .option('--json', 'print one JSON object at the end instead of messages')
  .action(async (name: string, options) => exit(await (await import('./demo.js')).demo(name, options)))

const csvOptions = (command: Command): Command =>
  command
    .option(
      '--delimiter <sign>',
      "what divides the cells of CSV files of --read, such as ';' or '\\t' (default: as their source says, else ',')",
    )
    .addOption(new Option('--decimal <mark>', 'the decimal mark of their numbers').choices(['.', ',']))

addAuthorCommands(program, exit)

csvOptions(
  processOptions(
    program.command('run').description('run jobs until Ctrl-C, or over files until their end').argument('<job...>', 'job files'),
    '.millrace/<job>',
  )
    .option('--no-http', 'serve no page and no API')
    .option('--share [address]', 'let guests of the network look at the page, read only, by an address with a random token')
    .option('--read <name=file>', 'read a source from a CSV or NDJSON file instead; repeat for each source', collected, []),
)
  .addOption(new Option('--results <format>', 'print every result to stdout').choices(['ndjson']))
  .option('--drop <node>', 'give up the state of this node if it does not fit the edited job; repeat', collected, [])
  .option('--reset', 'put the state in the data folder aside and begin afresh')
  .option('--take-over', 'take the data folder though another process answers for it; that one ends')
  .option('--inspect', 'let a debugger in, on 127.0.0.1:9229')
  .option('--inspect-brk', 'the same, and wait for it before anything is loaded')
  .option('--inspect-port <host:port>', 'let it in here instead')
  .option('--json', 'messages as JSON lines')
  .action(async (jobs: string[], options) => exit(await (await import('./run.js')).run(jobs, options)))

csvOptions(
  program
    .command('validate')
    .description('check jobs as `run` would, without running them; exits 0 when nothing is wrong, 1 when something is')
    .argument('<job...>', 'job files')
    .option('--read <name=file>', 'check a CSV or NDJSON file against this source, instead of asking its broker; repeat', collected, []),
)
  .option('--strict', 'a broker that is away, or a line that does not fit, is an error')
  .option('--json', 'findings as one JSON object')
  .action(async (jobs: string[], options) => exit(await (await import('./validate.js')).validate(jobs, options)))

program
  .command('explain')
  .description('print the plan of a job, or the page of an error code')
  .argument('<job or code>', 'a job file, or a code such as MR104')
  .addOption(new Option('--format <format>', 'how to print a plan').choices(['ascii', 'mermaid', 'json']).default('ascii'))
  .action(async (subject: string, options: { format: string }) => {
    const { codePage, jobPlan } = await import('./explain.js')
    await writeOut(/^MR\d+$/i.test(subject) ? codePage(subject.toUpperCase()) : await jobPlan(subject, options.format))
  })

addJournalCommands(program, exit)
addInsightCommands(program, exit)
addTestCommands(program, exit)

program
  .command('broker')
  .description('run an AMQP 1.0 node')
  .option('--listen <host:port>', 'default 127.0.0.1:5672')
  .option('--address <name:type>', 'make an address: queue, topic, anycast, multicast or subscription; repeat', collected, [])
  .option('--data <dir>', 'keep durable messages, durable subscriptions and duplicate ids here (default: all in memory)')
  .option('--user <name:variable>', 'admit a user; the environment variable holds the password; repeat', collected, [])
  .option('--json', 'messages as JSON lines')
  .option('--quiet', 'say only what is wrong')
  .action(async options => exit(await (await import('./broker.js')).broker(options)))

// `millrace … | head` closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) exit(error.exitCode)
  else {
    const shown = error instanceof CommanderError ? usageError(error) : error
    process.stderr.write(`${(asLines ? errorLines : errorText)(shown)}\n`)
    exit(shown instanceof MillraceError && shown.code === 'MR601' ? 2 : 1)
  }
}
