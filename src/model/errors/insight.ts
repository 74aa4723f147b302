import { entries } from './entry.js'

/** MR47x: looking into running jobs, and taking dead letters in again. */
export const insightErrors = entries({
  MR470: {
    title: 'no such edge',
    cause: 'The graph of the job has no edge between these two nodes. Views and sinks have their kind before their id: `view:climate`.',
    remedy: 'Take two ids from `/api/v1/jobs/JOB/graph` or from `millrace inspect`.',
    action: 'refuse',
  },
  MR471: {
    title: 'too many taps',
    cause: 'Each reader of a tap costs the job a little for every batch; their number is bounded so that the jobs stay well.',
    remedy: 'Close taps that are not needed, then try again.',
    action: 'back-off',
  },
  MR472: {
    title: 'dead letter cannot come in again',
    cause:
      'It is not a message as a source gave it: it is a row that no single message made, an output that a sink refused, only the beginning of a message that was too large, or it was kept by an older release, which did not write down how its bytes are encoded.',
    remedy:
      'Look at it with `millrace dead-letters show ID`; send what it should have been to the source, or the row to the sink, by hand.',
    action: 'refuse',
  },
  MR473: {
    title: 'dead letter was taken in before',
    cause: 'A retry of this letter is under way or in the journal; a second one would count its message twice.',
    remedy: 'If it was refused again, retry the newer letter.',
    action: 'refuse',
  },
  MR474: {
    title: 'part of the message has counted',
    cause:
      'One operator refused a row of the message, while another row of it, or another branch of the job, took it in. Taken in again as a whole, that part would count twice.',
    remedy: 'Send the part that is missing to the source by hand.',
    action: 'refuse',
  },
  MR475: {
    title: 'job takes no retries at present',
    cause: 'The job is starting, stopping or has failed, or as many retries as it may hold wait already.',
    remedy: 'Look at its state with `millrace inspect`, and try again when it runs.',
    action: 'back-off',
  },
  MR476: {
    title: 'no Millrace answers',
    cause:
      'Nothing answers at the address of the API: no process runs, it runs with `--no-http`, or it took another port because its own was taken.',
    remedy: 'Start the job with `millrace run`, or name the address that it printed: `--url http://127.0.0.1:8081`.',
    action: 'retry',
  },
  MR477: {
    title: 'answer is not that of Millrace',
    cause:
      'Something listens at this address, and what it answers is not what the API of this release answers: another program, a proxy, or another release.',
    remedy: 'Name the address that `millrace run` printed with `--url`, and use the same release on both sides.',
    action: 'refuse',
  },
  MR478: {
    title: 'many letters, and nobody to ask',
    cause: 'A retry of all letters that fit counts their messages. It asks first, and here is no terminal at which to ask.',
    remedy: 'Look at them with `millrace dead-letters ls`, then say `--yes`.',
    action: 'refuse',
  },
  MR479: {
    title: 'no data folder to read letters from',
    cause: 'The folder is not there, or holds no data of a job. A job without `--data` keeps its dead letters in memory only.',
    remedy: 'Name the folder that `run` was given with `--data`, or ask the running process with `--url`.',
    action: 'refuse',
  },
})
