import type { SinkSpec } from '../../src/connector/sink.js'
import type { Expr } from '../../src/expr/types.js'
import type { Json } from '../../src/model/json.js'
import { checkBroker } from './check.js'
import { shownUrl } from './options.js'
import { settingsOf } from './settings.js'
import { checkSinkOptions, type MqttSinkOptions } from './sink-options.js'
import { MqttSinkWriter } from './sink-writer.js'

/**
 * An MQTT sink: each row becomes a JSON object, published to its topic; with MQTT 5 its deterministic id goes along as user
 * property `millrace-id`. A write is done when the broker has acknowledged every row (PUBACK, or PUBCOMP with QoS 2).
 *
 * MQTT brokers know no ids, so a row whose acknowledgement was lost is there twice: the guarantee is at least once, and readers tell
 * repeats by `millrace-id`. Give `clientId` only where the broker asks for one.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * hot.pipe(into(mqttSink('alerts', { url: 'mqtt://127.0.0.1', topic: w => format`alerts/${w.room}` })))
 */
export function mqttSink<T>(id: string, options: MqttSinkOptions<T>): SinkSpec<T> {
  checkSinkOptions(id, options)
  const { topic, qos = 1, retain = false, version = 5, url } = options
  const fixed = typeof topic === 'string' ? topic : undefined
  const params = {
    topic: fixed,
    qos,
    retain,
    version: options.version,
    url: url && (Array.isArray(url) ? url : [url]).map(shownUrl),
  }
  return {
    id,
    connector: 'mqtt',
    params: JSON.parse(JSON.stringify(params)) as { readonly [key: string]: Json },
    kind: 'sink',
    promise: { guarantee: 'append', ...(qos === 0 ? { loses: 'the broker acknowledges nothing that is published with QoS 0' } : {}) },
    expressions: typeof topic === 'function' ? { topic: topic as (row: never) => Expr<unknown> } : {},
    usesEmbeddedNode: false,
    checkSettings: context => void settingsOf(options, context, ''),
    async open(context) {
      const settings = settingsOf(options, context, `millrace.${context.job}.${context.id}.${context.random.hex(8)}`)
      return new MqttSinkWriter(context, settings, { topic: fixed, qos, retain, version })
    },
    check: (context, timeoutMs) => checkBroker(options, context, timeoutMs),
  }
}
