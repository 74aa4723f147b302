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
})
