/**
 * What must not compile: each line under `@ts-expect-error` is an error, or the type check fails. Nothing here runs.
 */
import {
  aggregate,
  count,
  eventTime,
  type Instant,
  into,
  job,
  max,
  mean,
  min,
  number,
  schema,
  stddev,
  text,
  timestamp,
  tumbling,
  view,
  where,
} from 'millrace'
import { amqp, amqpSink, json } from 'millrace/amqp'

const Reading = schema({
  room: text(),
  note: text().nullable(),
  celsius: number({ unit: '°C' }),
  at: timestamp('rfc3339'),
})

export default job('misuse', ({ read }) => {
  const readings = read('readings', amqp({ address: 'telemetry', decode: json(Reading) }))

  // @ts-expect-error a misspelt field
  readings.pipe(where(r => r.celsuis.gt(0)))

  // @ts-expect-error a text compared with a number
  readings.pipe(where(r => r.room.eq(3)))

  // @ts-expect-error the condition is no condition
  readings.pipe(where(r => r.celsius))

  // @ts-expect-error the mean of a text
  readings.pipe(aggregate('a', { over: tumbling('1m') }, { m: mean(r => r.room) }))

  // @ts-expect-error the deviation of a time
  readings.pipe(aggregate('a', { over: tumbling('1m') }, { m: stddev(r => r.at) }))

  // @ts-expect-error an unknown option
  readings.pipe(aggregate('a', { over: tumbling('1m'), alowedLateness: '1m' }, { n: count() }))

  // @ts-expect-error an unknown option of a source
  read('other', amqp({ adress: 'telemetry', decode: json(Reading) }))

  // @ts-expect-error a duration without its unit
  readings.pipe(eventTime(r => r.at, { outOfOrderness: '10' }))

  // @ts-expect-error event time of a number
  readings.pipe(eventTime(r => r.celsius, { outOfOrderness: '10s' }))

  readings.pipe(
    aggregate('a', { over: tumbling('1m') }, { n: count() }),
    // @ts-expect-error a field that the window does not have
    where(w => w.celsius.gt(0)),
  )

  // @ts-expect-error a sink that wants a column which the rows lack
  readings.pipe(into(amqpSink('out', { address: w => w.device })))

  const windows = readings.pipe(
    eventTime(r => r.at, { outOfOrderness: '10s' }),
    aggregate(
      'w',
      { by: r => ({ room: r.room }), over: tumbling('1m') },
      { mean: mean(r => r.celsius), first: min(r => r.at), top: max(r => r.celsius) },
    ),
  )
  // What the types say of a result row.
  type Row = NonNullable<(typeof windows)['rowType']>
  const row = null as unknown as Row
  row.room satisfies string
  row.mean satisfies number | null
  row.first satisfies Instant | null
  row.window_end satisfies Instant
  row.final satisfies boolean
  // @ts-expect-error the mean may be null
  row.mean satisfies number

  return [windows.pipe(into(view('w')))]
})
