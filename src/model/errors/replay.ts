import { entries } from './entry.js'

/** MR460–MR469: edited jobs, replay and time travel. */
export const replayErrors = entries({
  MR460: {
    title: 'semantics changed with input to replay',
    cause:
      'The journal holds entries behind the last snapshot, and this release computes them differently from the one that took them in: results already sent would contradict.',
    remedy: 'Finish with the release named: `millrace drain JOB --data DIR`; then start with this one.',
    action: 'stop',
  },
  MR461: {
    title: 'stored job not usable',
    cause:
      'The job was edited, and the bundle of its former text, which has to process the rest of the journal first, is missing or does not load.',
    remedy: 'Start with the job file as it was, stop it gracefully, then start the edited one.',
    action: 'stop',
  },
  MR462: {
    title: 'no such stretch of the journal',
    cause: 'The journal holds no entry in the stretch that was asked for: it is empty, was trimmed, or ends before.',
    remedy: 'Look what is there with `millrace journal ls DIR`, and name a stretch within it.',
    action: 'refuse',
  },
  MR463: {
    title: 'text of the job not known',
    cause: 'Neither the journal nor a snapshot says which text of the job took in the stretch that is to be compared.',
    remedy: 'Name a later beginning with `--from`, or replay without `--compare`.',
    action: 'refuse',
  },
  MR464: {
    title: 'too many results without counterpart',
    cause: 'Results of the two texts of the job are matched by their ids, and more of them than fit into memory have found none.',
    remedy: 'Compare a shorter stretch: `--from … --to …`.',
    action: 'refuse',
  },
  MR465: {
    title: 'no journal here',
    cause:
      'The folder is not the data folder of the job, or holds those of several. `millrace run` writes a journal; `demo` and `--read` write none.',
    remedy: 'Name the data folder of one job that has run, such as `.millrace/room-climate`.',
    action: 'refuse',
  },
})
