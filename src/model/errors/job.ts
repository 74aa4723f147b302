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
  MR105: {
    title: 'not a schema',
    cause: 'Rows are declared by schema({ … }), each field by text(), number(), integer(), boolean(), timestamp(…) or oneOf(…).',
    remedy: 'Write for example `schema({ room: text(), celsius: number() })`.',
    action: 'stop',
  },
  MR106: {
    title: 'not a duration',
    cause: 'Durations are a number with a unit, a whole number of milliseconds, and not negative.',
    remedy: 'Write for example `250ms`, `5s`, `1m`, `2h` or `7d`.',
    action: 'stop',
  },
  MR110: {
    title: 'no such field',
    cause: 'An expression reads a field that the rows at this point do not have. The row of an expression holds one column a field.',
    remedy: 'Use one of the fields that are listed, or add it to the schema.',
    action: 'stop',
  },
  MR111: {
    title: 'JavaScript operator on a column',
    cause:
      'An expression runs once, on columns that stand for all rows. They have methods, not values, so the operators of JavaScript, if, ?: and plain templates cannot work on them.',
    remedy: 'Use the methods of the column: `r.a.gt(1).and(r.b.eq("x"))`, when(…).then(…).otherwise(…), format`…`.',
    action: 'stop',
  },
  MR112: {
    title: 'a condition was dropped',
    cause: 'A condition was made while the expression ran, but it is no part of the result, so it would silently not apply.',
    remedy: 'Join conditions by `.and(…)` and `.or(…)`, and return the whole.',
    action: 'stop',
  },
  MR113: {
    title: 'not an expression',
    cause: 'The function gives something that is neither a column nor a number, a text or a boolean.',
    remedy: 'Return a column such as `r.celsius.mul(2)`, or an object of columns where fields are named.',
    action: 'stop',
  },
  MR114: {
    title: 'the source of the expression cannot be read',
    cause:
      'Millrace reads the source of each expression to catch operators that JavaScript would apply silently. Bound and native functions have none.',
    remedy: 'Write the expression as an arrow function: `r => r.celsius.gt(28)`.',
    action: 'stop',
  },
  MR115: {
    title: 'method or operand does not fit the column',
    cause: 'Each method belongs to columns of certain types and takes operands of fitting types.',
    remedy: 'Compare like with like; the message names the types.',
    action: 'stop',
  },
  MR116: {
    title: 'not a value for an expression',
    cause: 'Constants in expressions are finite numbers, texts, booleans and RFC 3339 times, because a plan is JSON.',
    remedy: 'Use such a constant, or null in `then` and `otherwise`.',
    action: 'stop',
  },
  MR117: {
    title: 'unknown time zone',
    cause: 'Calendar parts are taken in UTC or in a named zone of the IANA database.',
    remedy: 'Name it like `Europe/Berlin`, or leave it out for UTC.',
    action: 'stop',
  },
  MR118: {
    title: 'regular expression with state',
    cause: 'The flags g and y make a regular expression remember its last match, so results would depend on the order of rows.',
    remedy: 'Leave the flags g and y out.',
    action: 'stop',
  },
  MR119: {
    title: 'the expression threw',
    cause: 'An expression runs once when the job starts; an exception in it stops the job before any data is read.',
    remedy: 'The message tells what went wrong; methods of columns: millrace list expressions.',
    action: 'stop',
  },
  MR120: {
    title: 'column of another stream',
    cause: 'An expression may read only the row that it is given; a column kept from another expression stands for other rows.',
    remedy: 'Read the field from the row that this function receives.',
    action: 'stop',
  },
  MR121: {
    title: 'asynchronous expression',
    cause: 'Expressions are called once and give their result at once; async functions and generators do not.',
    remedy: 'Write a plain arrow function. Look-ups over the network belong into a source.',
    action: 'stop',
  },
  MR122: {
    title: 'argument out of range',
    cause: 'A parameter of an expression method lies outside of what it admits.',
    remedy: 'The message names the range.',
    action: 'stop',
  },
  MR130: {
    title: 'the clock is read in job code',
    cause: 'A job is a function of its input, so that a replay gives the same results; the clock of the machine is no part of the input.',
    remedy: 'Use now() in expressions, or the time in the data with eventTime.',
    action: 'stop',
  },
  MR131: {
    title: 'randomness in job code',
    cause: 'A job is a function of its input, so that a replay gives the same results; random numbers differ in every run.',
    remedy: 'Take ids and samples from the data: the message id, or a field modulo n.',
    action: 'stop',
  },
  MR132: {
    title: 'timer in job code',
    cause: 'Timers fire outside of the flow, so their results could not be replayed.',
    remedy: 'Use windows, early results or allowedLateness: they follow the clock of the job.',
    action: 'stop',
  },
  MR133: {
    title: 'network call in job code',
    cause: 'Whatever is asynchronous or not repeatable comes into a job through a source, where it is journaled.',
    remedy: 'Read the data through a source, and send results to a sink.',
    action: 'stop',
  },
  MR134: {
    title: 'the job file cannot be parsed',
    cause: 'The file is no valid JavaScript module (ES2023).',
    remedy: 'Mend the syntax at the place named.',
    action: 'stop',
  },
  MR135: {
    title: 'RxJS operator with state or time of its own',
    cause:
      'What such an operator remembers is in no snapshot, its timers are in no journal, and what it creates or joins has no watermark: results would change after a restart.',
    remedy: 'Use the operator of Millrace that is named, or a pure RxJS operator such as map, filter or tap.',
    action: 'stop',
  },
  MR190: {
    title: 'not an aggregate',
    cause: 'The last argument of `aggregate` names its results, each made by an aggregate of Millrace.',
    remedy: 'Write for example `{ mean: mean(r => r.celsius), n: count() }`.',
    action: 'stop',
  },
  MR191: {
    title: 'aggregate of a wrong type',
    cause: 'Means, sums and variances read numbers; min and max read numbers, times or texts; lists are read by none of them.',
    remedy: 'Name a field that the aggregate can read, or use `count`, `first`, `last` or `countDistinct`.',
    action: 'stop',
  },
  MR192: {
    title: 'not a window',
    cause:
      'A window has a size above zero, hops that are not longer than the size, at most 100,000 hops a size, and an offset below the hop.',
    remedy: "Write for example `tumbling('5s')`, `hopping('5m', { every: '1m' })` or `tumbling('1d', { offset: '6h' })`.",
    action: 'stop',
  },
  MR193: {
    title: 'not a limit',
    cause: '`collect` keeps a bounded number of values for each key and window: a whole number from 1 to 100,000.',
    remedy: 'Write for example `collect(r => r.celsius, { limit: 100 })`.',
    action: 'stop',
  },
  MR194: {
    title: 'not a key',
    cause: 'Keys are texts, numbers, booleans or times, and combinations of them; a list has no identity to group by.',
    remedy: 'Group by another field.',
    action: 'stop',
  },
})
