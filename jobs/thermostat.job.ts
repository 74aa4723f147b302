/**
 * A closed loop: devices report their temperature, the job finds the highest of five seconds, and tells each device that
 * left the comfortable range to open or to close the valve of its radiator.
 */
import { aggregate, derive, format, into, job, max, number, schema, select, text, tumbling, view, when, where } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'

const Reading = schema({
  device: text().at('device-id'),
  temperature: number({ unit: '°C' }),
})

export default job('thermostat', ({ read }) => {
  const readings = read('temperature', amqp({ address: 'temperature', kind: 'topic', id: messageId(), decode: json(Reading) }))
  const highest = readings.pipe(
    aggregate('highest', { by: r => ({ 'device-id': r.device }), over: tumbling('5s') }, { max: max(r => r.temperature) }),
  )
  const commands = highest.pipe(
    where(w => w.max.lt(15).or(w.max.gt(25))),
    derive(w => ({ operation: when(w.max.gt(25)).then('close').otherwise('open') })),
    select(w => ({ 'device-id': w['device-id'], operation: w.operation, max: w.max })),
  )
  return [
    highest.pipe(into(view('highest', { keep: '1h' }))),
    commands.pipe(into(amqpSink('control', { address: w => format`control/${w['device-id']}`, kind: 'topic' }))),
  ]
})
