import { entries } from './entry.js'

/** MR104, MR150–MR189: operators and job functions. */
export const operatorErrors = entries({
  MR104: {
    title: 'not a timestamp',
    cause: 'eventTime needs a field that the schema declares as a timestamp, with the format its times are written in.',
    remedy: "Declare the field as timestamp('rfc3339'), timestamp('epoch-ms') or timestamp('yyyy-MM-dd HH:mm:ss', 'UTC').",
    action: 'stop',
  },
  MR150: {
    title: 'duplicate id',
    cause: 'Sources, stateful operators, views and sinks are named once in a job, because state and results find their node by its id.',
    remedy: 'Give one of the two another id.',
    action: 'stop',
  },
  MR151: {
    title: 'not an operator of Millrace',
    cause: 'Streams carry batches with watermarks and clocks; an RxJS operator or another value between them would lose these.',
    remedy:
      "Use where, select, derive, aggregate, merge or mapRows; or admit an RxJS operator on batches as rx('id', operator, { pure: true }).",
    action: 'stop',
  },
  MR152: {
    title: 'streams of two runs',
    cause: 'A stream was kept from an earlier call of a job function, or from another job.',
    remedy: 'Make all streams inside the job function, from its own read(…).',
    action: 'stop',
  },
  MR153: {
    title: 'not an id',
    cause: 'Ids stand in URLs, file names and result ids.',
    remedy: 'Use letters, digits, `_`, `.` and `-`, and begin with a letter or digit.',
    action: 'stop',
  },
  MR154: {
    title: 'output outside a push',
    cause:
      'The graph is synchronous: what an operator gives later, from a timer or a promise, belongs to no input and cannot be recovered.',
    remedy: 'Keep asynchronous work out of the graph: put it into a source or a sink.',
    action: 'stop',
  },
  MR155: {
    title: 'key of a window lost',
    cause:
      'Results of windows are named by their key and window; without these columns a view or sink cannot tell a newer result from another one.',
    remedy: 'Keep the `by` columns under their names; write other values to new columns.',
    action: 'stop',
  },
  MR156: {
    title: 'no event time',
    cause: 'The field that eventTime reads is null in this row, so it belongs to no window.',
    remedy: 'Make the sender fill the field, or give it a value first: derive(r => ({ at: r.at.orElse(…) })).',
    action: 'dead-letter',
  },
  MR157: {
    title: 'time stamp in the future',
    cause: "The row's time is further ahead of the job's clock than maxFutureSkew; believing it would make every other device late.",
    remedy: "Set the device's clock; or choose eventTime(…, { skewed: 'clamp' }) or a larger maxFutureSkew.",
    action: 'dead-letter',
  },
  MR158: {
    title: 'event time of window results',
    cause: 'Rows of windows carry their event time already: window_end − 1 ms.',
    remedy: 'Leave eventTime out here.',
    action: 'stop',
  },
  MR159: {
    title: 'unknown or wrong option',
    cause: 'An operator was given an option that it does not have, or a value that the option does not take.',
    remedy: 'See the list of options in the message.',
    action: 'stop',
  },
  MR160: {
    title: 'column named twice',
    cause: 'Result rows consist of the key, the aggregates and window_start, window_end, final and revision: every name counts once.',
    remedy: 'Rename the key column or the aggregate.',
    action: 'stop',
  },
  MR161: {
    title: 'row function threw',
    cause: 'A JavaScript function of the job threw for this row; the row is with the dead letters, its neighbours went on.',
    remedy: 'Mend the function at the place that the stack names, then retry the dead letter.',
    action: 'dead-letter',
  },
  MR162: {
    title: 'row does not fit its schema',
    cause: 'A JavaScript function of the job gave a row that its schema does not admit.',
    remedy: 'Give the fields of the schema with their types; mark a field nullable() if it may be missing.',
    action: 'dead-letter',
  },
  MR163: {
    title: 'streams that do not merge',
    cause: 'merge joins streams of one row type.',
    remedy: 'Bring them to the same columns first, with select.',
    action: 'stop',
  },
  MR164: {
    title: 'not a sink',
    cause: 'into was given something that is neither a view nor a sink.',
    remedy: "Write into(view('id')) or into(amqpSink('id', { address })).",
    action: 'stop',
  },
  MR165: {
    title: 'not a source',
    cause: 'read was given something that is not a source.',
    remedy: "Write read('id', amqp({ address, decode: json(Reading) })).",
    action: 'stop',
  },
  MR166: {
    title: 'job without results',
    cause: 'A job function returns what it wrote: the list of its pipes that end in into(…).',
    remedy: "End each branch in into(…) and return them: return [climate.pipe(into(view('climate')))].",
    action: 'stop',
  },
  MR167: {
    title: 'written but not returned',
    cause: 'A branch ends in into(…), but the job function does not return it, so a reader of the job cannot see it.',
    remedy: 'Add it to the returned list.',
    action: 'stop',
  },
  MR168: {
    title: 'no such source',
    cause: 'A name that should be a source of the job is not one.',
    remedy: 'Use the id given to read(…); `millrace explain JOB` lists them.',
    action: 'stop',
  },
  MR169: {
    title: 'saved state does not fit the job',
    cause: 'State finds its operator by id. An operator was removed, renamed or changed since the snapshot was written.',
    remedy: 'Put the old id back, or begin afresh with `millrace run … --reset`, which puts the saved state aside.',
    action: 'stop',
  },
})
