/** Collects the identities of what it counted, so that tests can compare sets of them; the peer is the environment's. */
import { aggregate, collect, count, eventTime, into, job, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

const Reading = schema({ room: text(), id: text(), celsius: number(), at: timestamp('epoch-ms') })

export default job('identities', ({ read }) => {
  const windows = read(
    'readings',
    amqp({ address: process.env['READINGS'] ?? 'readings', kind: 'queue', id: messageId(), decode: json(Reading) }),
  ).pipe(
    eventTime(r => r.at, { outOfOrderness: '10s' }),
    where(r => r.celsius.gt(-40)),
    aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('1s') }, { n: count(), ids: collect(r => r.id, { limit: 20_000 }) }),
  )
  return [
    windows.pipe(into(view('windows'))),
    windows.pipe(into(amqpSink('results', { address: process.env['RESULTS'] ?? 'results', kind: 'queue' }))),
  ]
})
