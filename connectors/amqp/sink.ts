import type { SinkSpec } from '../../src/connector/sink.js'
import type { Expr } from '../../src/expr/types.js'
import type { Json } from '../../src/model/json.js'
import { brokerSettings, wantsDefaultBroker } from './broker-settings.js'
import { checkBroker } from './check.js'
import { shownUrl } from './options.js'
import type { MessageForm } from './sink-message.js'
import { type AmqpSinkOptions, checkSinkOptions } from './sink-options.js'
import { AmqpSinkWriter } from './sink-writer.js'

type RowFunction = (row: never) => Expr<unknown>

/**
 * An AMQP 1.0 sink: each row becomes a message whose message-id is the row's deterministic id, also given as
 * `_AMQ_DUPL_ID`, by which Artemis drops repeats. Rows wait for credit without a deadline and hold the source back
 * meanwhile; what is released, modified or in flight at a lost connection is sent again.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * hot.pipe(into(amqpSink('alerts', { address: w => format`alerts/${w.room}` })))
 */
export function amqpSink<T>(id: string, options: AmqpSinkOptions<T>): SinkSpec<T> {
  checkSinkOptions(id, options)
  const { address, subject, kind, format = 'json', url } = options
  const direct = kind === 'anycast' || kind === 'multicast'
  const expressions: Record<string, RowFunction> = {}
  const fixed = (name: string, value: unknown): string | undefined => {
    if (typeof value === 'function') expressions[name] = value as RowFunction
    return typeof value === 'string' ? value : undefined
  }
  const properties: Record<string, MessageForm['properties'][string]> = {}
  for (const [key, value] of Object.entries(options.properties ?? {})) {
    const name = `properties.${key}`
    if (typeof value === 'function') {
      expressions[name] = value as RowFunction
      properties[key] = { computed: name }
    } else properties[key] = { fixed: value }
  }
  const form: MessageForm = {
    address: fixed('address', address),
    subject: fixed('subject', subject),
    format,
    durable: !direct,
    properties,
  }
  const params = {
    address: form.address,
    kind,
    format,
    subject: form.subject,
    url: url && (Array.isArray(url) ? url : [url]).map(shownUrl),
  }
  return {
    id,
    connector: 'amqp',
    params: JSON.parse(JSON.stringify(params)) as { readonly [key: string]: Json },
    kind: 'sink',
    expressions,
    usesEmbeddedNode: wantsDefaultBroker(options),
    async open(context) {
      const own = `millrace.${context.job}.${context.id}.${context.random.hex(8)}`
      return new AmqpSinkWriter(context, brokerSettings(options, context, own), form, [kind ?? 'queue'])
    },
    check: (context, timeoutMs) => checkBroker(options, context, timeoutMs),
  }
}
