import { aggregate, count, eventTime, into, job, max, mean, number, schema, text, timestamp, tumbling } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

const Reading = schema({ site: text(), celsius: number({ unit: '°C' }), at: timestamp('epoch-ms') })

/** One result for every 5 ms, as soon as a message passes it. */
export default job('latency', ({ read }) => [
  read('readings', amqp({ address: 'readings', kind: 'queue', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '0ms', closeWhenQuiet: false }),
    aggregate(
      'windows',
      { by: r => ({ site: r.site }), over: tumbling('5ms') },
      { mean: mean(r => r.celsius), max: max(r => r.celsius), n: count() },
    ),
    into(amqpSink('results', { address: 'results', kind: 'queue' })),
  ),
])
