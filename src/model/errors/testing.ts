import { entries } from './entry.js'

/** MR195–MR199: tests of jobs, as `millrace/testing` runs them. */
export const testingErrors = entries({
  MR195: {
    title: 'test row does not fit',
    cause: 'A test gave a source rows, or a schema, other than the job reads from it.',
    remedy: 'Give the fields of the schema with their types; times are numbers of ms, dates or RFC 3339 texts.',
    action: 'refuse',
  },
  MR196: {
    title: 'no such source, view or sink in the test',
    cause: 'A test names a source, a view or a sink that the job under test does not have.',
    remedy: 'Use the ids of the job file; `millrace explain JOB` lists them.',
    action: 'refuse',
  },
  MR197: {
    title: 'not a time for a test',
    cause: "A job's clock never goes back, and a test tells times in ms, as dates, or as RFC 3339 texts with their zone.",
    remedy: 'Write for example 2026-01-05T08:00:00Z, later than where the clock of the test stands.',
    action: 'refuse',
  },
  MR198: {
    title: 'the test has ended',
    cause: 'After `finish()` all sources of the job have ended, and all windows are closed.',
    remedy: 'Send everything before `finish()`, or close windows with `advance`.',
    action: 'refuse',
  },
})
