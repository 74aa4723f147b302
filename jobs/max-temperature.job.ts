/**
 * The highest temperature of the last five seconds by device, as the IoT demos of the AMQP connector for Spark computed
 * it: devices send a number as text, as bytes, or as JSON with their name; windows go by arrival.
 */
import { aggregate, into, job, max, number, schema, text, tumbling, view } from 'millrace'
import { amqp, amqpSink, firstOf, json, messageId, valueText } from 'millrace/amqp'

const Reading = schema({
  device: text().at('device-id').nullable(),
  temperature: number({ unit: '°C' }),
})

export default job('max-temperature', ({ read }) => {
  const readings = read(
    'temperature',
    amqp({ address: 'temperature', id: messageId(), decode: firstOf(json(Reading), valueText(Reading, 'temperature')) }),
  )
  const highest = readings.pipe(
    aggregate('highest', { by: r => ({ 'device-id': r.device }), over: tumbling('5s') }, { temperature: max(r => r.temperature) }),
  )
  return [highest.pipe(into(view('highest', { keep: '1h' }))), highest.pipe(into(amqpSink('max', { address: 'max' })))]
})
