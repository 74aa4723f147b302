/** Writes every reading on, so that a sink can hold the whole way back; its link asks for little credit. */
import { into, job, schema, text } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

const Reading = schema({ id: text(), text: text() })
const sink = process.env['SINK_URL']

export default job('archive', ({ read }) => {
  const readings = read('readings', amqp({ address: 'readings', kind: 'queue', id: messageId(), credit: 100, decode: json(Reading) }))
  return [readings.pipe(into(amqpSink('archive', { address: 'archive', kind: 'queue', ...(sink !== undefined && { url: sink }) })))]
})
