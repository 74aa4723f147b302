import { entries } from './entry.js'

/** MR6xx: the command line and files named on it. */
export const cliErrors = entries({
  MR601: {
    title: 'command line not understood',
    cause: 'A command, option or argument is unknown, missing, or has a value that it does not take.',
    remedy: 'Run `millrace --help`, or `millrace COMMAND --help`.',
    action: 'refuse',
  },
  MR602: {
    title: 'not an address to listen on',
    cause: 'A listener is named by host and port.',
    remedy: 'Write for example 127.0.0.1:8080; port 0 takes a free one.',
    action: 'refuse',
  },
  MR603: {
    title: 'no such error code',
    cause: 'The catalogue has no page for this code.',
    remedy: 'Copy the code from the message, such as MR104.',
    action: 'refuse',
  },
  MR604: {
    title: '--read does not fit the job',
    cause: 'With --read every source of the job is bound to a file, by the id given to read(…), and only then does it run without brokers.',
    remedy: 'Give --read NAME=FILE once for each source.',
    action: 'stop',
  },
  MR606: {
    title: 'no such demo',
    cause: 'Millrace brings the demos mote-climate, thermostat and max-temperature.',
    remedy: 'Run `millrace demo`, or name one of the three.',
    action: 'refuse',
  },
  MR607: {
    title: 'two sources compete for one queue',
    cause:
      'A queue gives each message to one reader. Two sources of a job on one queue each see a part, in no fixed order, and windows over them would be wrong.',
    remedy: 'Read the queue once and branch the stream, or use a topic.',
    action: 'stop',
  },
  MR608: {
    title: 'two jobs compete for one queue',
    cause: 'A queue gives each message to one reader: each job sees only a part of the messages.',
    remedy: 'Give each job its own queue, use a topic, or put both into one job.',
    action: 'stop',
  },
  MR609: {
    title: 'the job does not type-check',
    cause: 'TypeScript, as installed beside the job, reports the errors that are printed.',
    remedy: 'Mend them; `run` does not check types, so the job may still start and fail later.',
    action: 'stop',
  },
  MR620: {
    title: 'the job of the demo ended by itself',
    cause:
      'A demo runs its job in a process of its own. One that is killed is started again; this one ended with an error, or before its page answered.',
    remedy: 'Start the demo again; what the process printed before says more. Please report it if it stays.',
    action: 'stop',
  },
  MR621: {
    title: 'no address to share',
    cause: '`--share` shows the page at an address that other machines reach, and this machine has none, or not the one that was named.',
    remedy: 'Connect to a network, or name an address of this machine or one of its interfaces: `--share 192.168.1.20`, `--share eth0`.',
    action: 'refuse',
  },
  MR630: {
    title: 'the folder of a new project holds files',
    cause: '`millrace init` overwrites nothing, so it wants an empty folder.',
    remedy: 'Name a new folder: `millrace init my-sensors`.',
    action: 'refuse',
  },
  MR631: {
    title: 'the project cannot be written',
    cause: 'The system refused to make a file or a link in the folder, for the reason given; what had been made was removed.',
    remedy: 'Choose a folder that you may write to, on a disk with some space.',
    action: 'refuse',
  },
  MR632: {
    title: 'no name for a project',
    cause: 'The name becomes the id of the job, a file name and the name of a package.',
    remedy: 'Use lower-case letters, digits and hyphens, 64 at most, a letter or digit first.',
    action: 'refuse',
  },
  MR633: {
    title: 'nothing of that name to list',
    cause: '`millrace list` shows operators, aggregates, windows, sources, sinks, codecs, ids, fields, expressions and demos.',
    remedy: 'Name one of these.',
    action: 'refuse',
  },
  MR634: {
    title: 'a debugger cannot be let in',
    cause: '`--inspect` listens for a debugger, and its port is taken or its address is not of this machine; the line before says which.',
    remedy: 'End the other process, or name another port: --inspect-port 127.0.0.1:0 takes a free one.',
    action: 'refuse',
  },
  MR640: {
    title: 'no tests',
    cause: '`millrace test` looks for files named *.test.ts, *.test.js and so on, outside of node_modules, dist and hidden folders.',
    remedy: 'Name the test file, or the folder it lies in.',
    action: 'refuse',
  },
  MR642: {
    title: 'the test is written for another runner',
    cause: "`millrace test` runs tests with Node's own test runner, which needs nothing to be installed.",
    remedy:
      "Import `test` from 'node:test' and assertions from 'node:assert/strict', or run the file with its own runner: `millrace/testing` works with any.",
    action: 'refuse',
  },
})
