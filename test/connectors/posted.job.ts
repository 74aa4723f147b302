/** Rows and windows to an HTTP peer that keeps ids: the rows by a field, the windows by the key of their request. */
import { aggregate, collect, count, eventTime, into, job, number, schema, text, timestamp, tumbling } from 'millrace'
import { amqp, json, messageId } from 'millrace/amqp'
import { env, httpSink, secret } from 'millrace/http'

const Reading = schema({ room: text(), n: number(), at: timestamp('epoch-ms') })

export default job('posted', ({ read }) => {
  const readings = read('readings', amqp({ address: 'readings', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '1s' }),
  )
  const windows = readings.pipe(
    aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('1s') }, { n: count(), all: collect(r => r.n, { limit: 1_000 }) }),
  )
  const bearer = secret('TOKEN')
  return [
    readings.pipe(into(httpSink('rows', { url: env('ROWS'), bearer, batch: { rows: 50, ms: 5 }, idField: 'id', idempotent: true }))),
    windows.pipe(into(httpSink('windows', { url: env('WINDOWS'), bearer, format: 'object', idempotent: true }))),
  ]
})
