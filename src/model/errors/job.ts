import { entries } from './entry.js'

/** MR1xx: the language of jobs: schemas, expressions, operators, job files. */
export const jobErrors = entries({
  MR101: {
    title: 'reserved field name',
    cause:
      'Result rows carry columns of their own (window_start, window_end, final, revision, removed), and some names are unsafe in JavaScript.',
    remedy: "Rename the field, and read the old key with `.at('old.key')`.",
    action: 'stop',
  },
  MR102: {
    title: 'not a path',
    cause: 'A field path is keys joined by dots, none of them empty.',
    remedy: "Write for example `.at('d.t')`.",
    action: 'stop',
  },
  MR103: {
    title: 'unknown time format',
    cause: 'A timestamp field names how its times are written.',
    remedy: 'Use rfc3339, epoch-s, epoch-ms, epoch-ns, or a pattern with its zone.',
    action: 'stop',
  },
  MR106: {
    title: 'not a duration',
    cause: 'Durations are a number with a unit, a whole number of milliseconds, and not negative.',
    remedy: 'Write for example `250ms`, `5s`, `1m`, `2h` or `7d`.',
    action: 'stop',
  },
})
