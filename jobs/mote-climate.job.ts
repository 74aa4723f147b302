/**
 * Climate by mote, on readings of a real wireless sensor network: one-minute windows of temperature, a smoother trend,
 * and an alert where hot steam makes the air humid.
 */
import {
  aggregate,
  count,
  eventTime,
  hopping,
  integer,
  into,
  job,
  max,
  mean,
  min,
  number,
  schema,
  stddev,
  timestamp,
  tumbling,
  view,
  where,
} from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

const Reading = schema({
  mote: integer(),
  humidity: number({ unit: '%' }),
  temperature: number({ unit: '°C' }),
  at: timestamp('rfc3339'),
})

export default job('mote-climate', ({ read }) => {
  const readings = read('readings', amqp({ address: 'readings', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '10s' }),
  )
  const climate = readings.pipe(
    aggregate(
      'climate',
      { by: r => ({ mote: r.mote }), over: tumbling('1m'), early: '15s' },
      {
        mean: mean(r => r.temperature),
        min: min(r => r.temperature),
        max: max(r => r.temperature),
        stddev: stddev(r => r.temperature),
        n: count(),
      },
    ),
  )
  const trend = readings.pipe(
    aggregate(
      'trend',
      { by: r => ({ mote: r.mote }), over: hopping('5m', { every: '1m' }), early: '15s' },
      {
        mean: mean(r => r.temperature),
        min: min(r => r.temperature),
        max: max(r => r.temperature),
        stddev: stddev(r => r.temperature),
        n: count(),
      },
    ),
  )
  const steam = readings.pipe(
    aggregate('humidity', { by: r => ({ mote: r.mote }), over: tumbling('1m') }, { humidity: max(r => r.humidity) }),
    where(w => w.humidity.gt(60)),
  )
  return [
    climate.pipe(into(view('climate', { keep: '7d' }))),
    trend.pipe(into(view('trend', { keep: '7d' }))),
    steam.pipe(into(amqpSink('steam', { address: 'steam' }))),
  ]
})
