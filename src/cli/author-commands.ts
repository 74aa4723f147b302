import type { Command } from 'commander'
import { init } from './init.js'
import { list } from './list.js'
import { subjects } from './list-subjects.js'

/** What job authors work with: `init`, `list`. `exit` receives exit codes. */
export function addAuthorCommands(program: Command, exit: (code: number) => void): void {
  program
    .command('init')
    .description('make a project: a job, its data, test and dashboard; works without a network, overwrites nothing')
    .argument('[dir]', 'an empty folder, or one to be made', '.')
    .option('--name <name>', 'of the job (default: that of the folder)')
    .option('--source <kind>', 'where readings come from: file, amqp or mqtt (default: file)')
    .option('--yes', 'ask nothing')
    .action(async (dir: string, options) => exit(await init(dir, options)))

  program
    .command('list')
    .description('what a job can be written with, one a line, with an example')
    .argument('<subject>', subjects.join(', '))
    .option('--json', 'as JSON')
    .action(async (subject: string, options) => exit(await list(subject, options)))
}
