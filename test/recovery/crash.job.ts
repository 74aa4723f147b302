/** What the crash test counts: how often and which identities, by device and window; see `CrashStream`. */
import { aggregate, count, eventTime, into, job, number, schema, sum, text, timestamp, tumbling } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

/** Of the connections; short where a test takes the peer away without a word. */
const idleTimeout = process.env['CRASH_IDLE_TIMEOUT'] === 'short' ? '3s' : '30s'
const kind = process.env['CRASH_DIRECT'] ? 'anycast' : 'queue'
const Reading = schema({ device: text(), slot: number(), at: timestamp('epoch-ms') })

export default job('crash', ({ read }) => {
  const readings = read('readings', amqp({ address: 'readings', kind, id: messageId(), idleTimeout, decode: json(Reading) }))
  const sets = readings.pipe(
    // By the data alone: what a slow machine delays must not be late.
    eventTime(r => r.at, { outOfOrderness: '2s', closeWhenQuiet: false }),
    aggregate('sets', { by: r => ({ device: r.device }), over: tumbling('1s') }, { n: count(), identities: sum(r => r.slot) }),
  )
  return [sets.pipe(into(amqpSink('results', { address: 'results', kind: 'queue', idleTimeout })))]
})
