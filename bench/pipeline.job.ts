import { aggregate, count, eventTime, into, job, max, mean, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, json } from 'millrace/amqp'

const Reading = schema({ device: text(), celsius: number({ unit: '°C' }), humidity: number(), at: timestamp('epoch-ms') })

/** What most jobs do: JSON, a condition, a window by device, a view. */
export default job('pipeline', ({ read }) => [
  read('readings', amqp({ address: 'readings', decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '1s' }),
    where(r => r.celsius.gt(22)),
    aggregate(
      'windows',
      { by: r => ({ device: r.device }), over: tumbling('10s') },
      { mean: mean(r => r.celsius), max: max(r => r.celsius), n: count() },
    ),
    into(view('windows', { keep: '20s' })),
  ),
])
