import { aggregate, count, eventTime, integer, into, job, max, mean, number, schema, timestamp, tumbling, view } from 'millrace'
import { amqp, json } from 'millrace/amqp'

const Reading = schema({ device: integer(), celsius: number({ unit: '°C' }), at: timestamp('epoch-ms') })

/** Holds one open window for each device. */
export default job('recovery', ({ read }) => [
  read('readings', amqp({ address: 'readings', kind: 'queue', decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '1s', closeWhenQuiet: false }),
    aggregate(
      'windows',
      { by: r => ({ device: r.device }), over: tumbling('1h') },
      { mean: mean(r => r.celsius), max: max(r => r.celsius), n: count() },
    ),
    into(view('windows', { keep: '1s' })),
  ),
])
