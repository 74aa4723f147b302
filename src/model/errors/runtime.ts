import { entries } from './entry.js'

/** MR4xx: loading and running jobs: the pump, sinks, snapshots, supervision. */
export const runtimeErrors = entries({
  MR401: {
    title: 'job file not found',
    cause: 'The path names no file that can be read.',
    remedy: 'Check the path; it is taken from the current folder.',
    action: 'stop',
  },
  MR402: {
    title: 'job file does not parse',
    cause: 'The job file, or a module that it imports, is no valid TypeScript or JavaScript.',
    remedy: 'Mend the syntax at the place shown.',
    action: 'stop',
  },
  MR403: {
    title: 'not a job',
    cause: 'A job file exports one job as its default export.',
    remedy: "Write `export default job('name', ({ read }) => …)`.",
    action: 'stop',
  },
  MR404: {
    title: 'job file threw while it was loaded',
    cause: 'Code of the job file, outside or inside the job function, threw an error.',
    remedy: 'Mend the code at the place shown.',
    action: 'stop',
  },
  MR405: {
    title: 'import not found',
    cause: "A module that the job file imports cannot be found from the job's folder, nor from the running command.",
    remedy: "Install the package beside the job file, or mend the import's name.",
    action: 'stop',
  },
  MR410: {
    title: 'operator failed',
    cause: 'An operator threw while a batch went through the graph. The state of this run is broken, so the run was given up.',
    remedy: 'Mend the code at the place shown, if it is the job’s own; otherwise report it with the stack.',
    action: 'back-off',
  },
  MR411: {
    title: 'restarts used up',
    cause: 'The job failed again and again shortly after each restart.',
    remedy: 'Mend the error that is shown with it, then start the job again.',
    action: 'stop',
  },
  MR412: {
    title: 'source failed',
    cause: 'A source reported an error that is not in the catalogue while it was opened or read.',
    remedy: 'Look at the reason; the source is opened again with growing pauses.',
    action: 'back-off',
  },
  MR413: {
    title: 'sink failed',
    cause: 'A sink reported an error that is not in the catalogue while it was opened or written.',
    remedy: 'Look at the reason; the output is written again with growing pauses, and its sources wait.',
    action: 'back-off',
  },
  MR414: {
    title: 'outputs left over at the stop',
    cause: 'A sink had not acknowledged all outputs when the time for a graceful stop was over.',
    remedy: 'They are kept in the snapshot and sent at the next start; look why the sink is slow.',
    action: 'stop',
  },
  MR415: {
    title: 'input left half taken in at the stop',
    cause: 'The rows of one chunk of a source took longer than a graceful stop waits for them: half of its time, by default 15 s.',
    remedy:
      'Nothing is lost, and nothing counts twice: the next start takes the whole chunk in again from the journal, or, where no data folder keeps one, its source sends it again. Look which operator is slow.',
    action: 'stop',
  },
  MR416: {
    title: 'start left at a stop',
    cause:
      'The process was told to stop while a job was still taking in again what its journal holds behind the last snapshot, or before it had begun.',
    remedy:
      'Nothing was sent, and nothing has counted: the next start begins from the same snapshot and takes the same entries in again. Where that takes long, look which operator is slow.',
    action: 'stop',
  },
  MR420: {
    title: 'snapshot unreadable',
    cause: 'A snapshot, or a file beside it, is torn or altered, so nothing of it was used.',
    remedy:
      'Nothing, where an older one was taken or the journal reaches back to its beginning: the state is made again from them. The file is kept, named `*.corrupt`; look at the disk.',
    action: 'stop',
  },
  MR421: {
    title: 'snapshot does not fit the job',
    cause: 'State belongs to a node by its id, its input columns and its parameters; these differ from those of the snapshot.',
    remedy:
      'Start with the job file as it was; or give up the state of the nodes named, `millrace run … --drop NODE`; or put all of it aside with `--reset`.',
    action: 'stop',
  },
  MR422: {
    title: 'snapshot not written',
    cause: 'The state of a job could not be stored: the disk is full, or refuses to write.',
    remedy:
      'Free space or mend the rights of the data folder; Millrace tries again by itself. Nothing is lost: older snapshots and the journal hold the state, but a recovery takes longer and the journal grows.',
    action: 'back-off',
  },
  MR423: {
    title: 'dead letters not stored',
    cause: 'The dead-letter file could not be written, so bad messages cannot be settled and their source waits.',
    remedy: 'Free space or mend the rights of the data folder; Millrace tries again by itself.',
    action: 'back-off',
  },
  MR425: {
    title: 'data folder in use',
    cause: 'Another process keeps the state and the dead letters of a job in this folder; two would destroy each other’s.',
    remedy: 'Stop the other process, or give this one a folder of its own: `--data DIR`.',
    action: 'stop',
  },
  MR426: {
    title: 'data folder not usable',
    cause: 'The folder for state and dead letters cannot be made or written.',
    remedy: 'Free space, mend its rights, or name another one: `--data DIR`.',
    action: 'stop',
  },
  MR427: {
    title: 'no such node to drop',
    cause: '`--drop` names a node that none of the jobs has or had, so nothing was given up under that name.',
    remedy: 'Name a node or sink by its id, as `millrace validate` and MR421 print it, or leave the option out.',
    action: 'stop',
  },
  MR428: {
    title: 'dead letters damaged',
    cause: 'Lines of `dead-letters.ndjson` are torn or fail their checksum, so they are left out.',
    remedy:
      'Nothing after a loss of power: what was not safe yet is made again. Otherwise look at the disk; the damaged lines are taken out when the next letter is stored, and kept in `dead-letters.ndjson.corrupt`.',
    action: 'refuse',
  },
  MR430: {
    title: 'job started twice',
    cause: 'Two of the jobs have one id; state, views and metrics belong to a job by its id.',
    remedy: 'Give each job its own id.',
    action: 'stop',
  },
  MR431: {
    title: 'source not bound',
    cause: 'A bounded run reads files only, so each source of the job needs one.',
    remedy: 'Add `--read NAME=FILE` for each source named.',
    action: 'stop',
  },
  MR432: {
    title: 'no event time',
    cause: 'A bounded run takes its time from the rows, and this source has no event time.',
    remedy: 'Use `eventTime` in the job, or name the time field: `--read NAME=FILE:TIMEFIELD`.',
    action: 'stop',
  },
})
