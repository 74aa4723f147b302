import { entries } from './entry.js'

/** MR47x: looking into running jobs, and taking dead letters in again. */
export const insightErrors = entries({
  MR470: {
    title: 'no such edge',
    cause: 'The graph of the job has no edge between these two nodes. Views and sinks have their kind before their id: `view:climate`.',
    remedy: 'Take two ids from `/api/v1/jobs/JOB/graph` or from `millrace inspect`.',
    action: 'stop',
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
      'It is not a message as a source gave it: it is a row that no single message made, an output that a sink refused, or it was kept by an older release, which did not write down how its bytes are encoded.',
    remedy:
      'Look at it with `millrace dead-letters show ID`; send what it should have been to the source, or the row to the sink, by hand.',
    action: 'stop',
  },
  MR473: {
    title: 'dead letter was taken in before',
    cause: 'A retry of this letter is under way or in the journal; a second one would count its message twice.',
    remedy: 'If it was refused again, retry the newer letter.',
    action: 'stop',
  },
  MR474: {
    title: 'part of the message has counted',
    cause:
      'One operator refused a row of the message, while another row of it, or another branch of the job, took it in. Taken in again as a whole, that part would count twice.',
    remedy: 'Send the part that is missing to the source by hand.',
    action: 'stop',
  },
  MR475: {
    title: 'job takes no retries at present',
    cause: 'The job is starting, stopping or has failed, or as many retries as it may hold wait already.',
    remedy: 'Look at its state with `millrace inspect`, and try again when it runs.',
    action: 'back-off',
  },
  MR476: {
    title: 'dead letter not found',
    cause: 'No letter has this id: a process keeps the newest 16 MiB of letters, a data folder two files of 64 MiB.',
    remedy: 'List those that are there: `millrace dead-letters ls`.',
    action: 'stop',
  },
  MR477: {
    title: 'no Millrace answers',
    cause: 'There is no process at this address, or it does not answer as Millrace does.',
    remedy:
      'Name the address that `millrace run` or `demo` printed: `--url http://127.0.0.1:8080`. Dead letters at rest are read with `--data DIR`.',
    action: 'stop',
  },
  MR478: {
    title: 'nothing to drop',
    cause: '`--drop` names a node or sink that neither the job nor its stored state has.',
    remedy: 'Take the name from the error that asked for it.',
    action: 'stop',
  },
  MR479: {
    title: 'data folder of another job',
    cause: 'The journal in this folder was written for a job of another id.',
    remedy: 'Name the data folder of this job, or the job file of that folder.',
    action: 'stop',
  },
})
