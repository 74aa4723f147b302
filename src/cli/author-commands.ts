import type { Command } from 'commander'
import { subjects } from './list-subjects.js'

const collected = (value: string, list: readonly string[]): readonly string[] => [...list, value]

/** What job authors work with: `init`, `dev`, `list`. `exit` receives exit codes. */
export function addAuthorCommands(program: Command, exit: (code: number) => void): void {
  program
    .command('init')
    .description('make a project: a job, its data, test and dashboard; works without a network, overwrites nothing')
    .argument('[dir]', 'an empty folder, or one to be made', '.')
    .option('--name <name>', 'of the job (default: that of the folder)')
    .option('--source <kind>', 'where readings come from: file, amqp or mqtt (default: file)')
    .option('--yes', 'ask nothing')
    .action(async (dir: string, options) => exit(await (await import('./init.js')).init(dir, options)))

  program
    .command('dev')
    .description('run jobs, and go on with each save of a job, of what it imports or of its dashboard; types are checked beside')
    .argument('<job...>', 'job files')
    .option('--http <host:port>', 'where the page and the API listen (default 127.0.0.1:8080, or a free port)')
    .option('--no-http', 'serve no page and no API')
    .option('--amqp <host:port>', 'where the embedded AMQP node listens (default 127.0.0.1:5672, or a free port)')
    .option('--data <dir>', 'where state and dead letters are kept (default: .millrace/<job>)')
    .option('--live-readers <count>', 'live readers at a time, at most (default 1000)')
    .option('--drop <node>', 'give up the state of this node if it does not fit an edited job; repeat', collected, [])
    .option('--inspect', 'let a debugger in, on 127.0.0.1:9229')
    .option('--inspect-brk', 'the same, and wait for it before anything is loaded')
    .option('--inspect-port <host:port>', 'let it in here instead')
    .option('--no-types', 'check no types')
    .option('--json', 'messages as JSON lines')
    .option('--quiet', 'say only what is wrong')
    .action(async (jobs: string[], options) => exit(await (await import('./dev.js')).dev(jobs, options)))

  program
    .command('list')
    .description('what a job can be written with, each with an example; one a line in a pipe')
    .argument('<subject>', subjects.join(', '))
    .option('--json', 'as JSON')
    .action(async (subject: string, options) => exit(await (await import('./list.js')).list(subject, options)))
}
