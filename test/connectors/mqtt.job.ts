/** Collects the identities of what it counted, from an MQTT broker and back to it; version, QoS and names are the environment's. */
import { aggregate, collect, count, eventTime, format, into, job, number, schema, text, timestamp, tumbling, view } from 'millrace'
import { bodyId, env, json, mqtt, mqttSink, type Qos, segment } from 'millrace/mqtt'

const { MQTT_SHARE, MQTT_CLIENT } = process.env
const qos = Number(process.env['MQTT_QOS'] ?? 1) as Qos
const version = process.env['MQTT_VERSION'] === '4' ? 4 : 5

const Reading = schema({ site: text().from(segment('site')), room: text(), id: text(), celsius: number(), at: timestamp('epoch-ms') })

export default job('mqtt', ({ read }) => {
  const windows = read(
    'readings',
    mqtt({
      topic: 'plant/+site/readings',
      version,
      qos,
      id: bodyId('id'),
      maxMessageBytes: Number(process.env['MQTT_MOST'] ?? 16_777_216),
      decode: json(Reading),
      ...(MQTT_CLIENT === undefined ? {} : { clientId: env('MQTT_CLIENT') }),
      ...(MQTT_SHARE === undefined ? {} : { share: MQTT_SHARE }),
    }),
  ).pipe(
    eventTime(r => r.at, { outOfOrderness: '10s', closeWhenQuiet: false }),
    aggregate(
      'windows',
      { by: r => ({ site: r.site, room: r.room }), over: tumbling('1s') },
      { n: count(), ids: collect(r => r.id, { limit: 20_000 }) },
    ),
  )
  return [
    windows.pipe(into(view('windows'))),
    windows.pipe(into(mqttSink('results', { version, qos, topic: w => format`results/${w.site}/${w.room}` }))),
  ]
})
