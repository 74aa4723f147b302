import type { Command } from 'commander'

/** `test`: the tests of job authors. `exit` receives exit codes. */
export function addTestCommands(program: Command, exit: (code: number) => void): void {
  program
    .command('test')
    .description("run tests of jobs, with Node's own test runner")
    .argument('[files...]', 'test files, or folders with *.test.ts (default: the current folder)')
    .option('--watch', 'run again after each change')
    .option('--filter <name>', 'only tests whose name fits this regular expression')
    .option('--timeout <duration>', 'how long a test, and a file of tests, may take', '60s')
    .option('--update', 'write golden files instead of comparing with them')
    .action(async (files: string[], options) => exit(await (await import('./test.js')).test(files, options)))
}
