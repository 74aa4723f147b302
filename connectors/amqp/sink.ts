import type { SinkPromise, SinkSpec } from '../../src/connector/sink.js'
import type { Expr } from '../../src/expr/types.js'
import type { Json } from '../../src/model/json.js'
import { brokerSettings, wantsDefaultBroker } from './broker-settings.js'
import { checkBroker } from './check.js'
import { shownUrl } from './options.js'
import type { MessageForm } from './sink-message.js'
import { type AmqpSinkOptions, checkSinkOptions, isDirect } from './sink-options.js'
import { AmqpSinkWriter } from './sink-writer.js'

type RowFunction = (row: never) => Expr<unknown>

/**
 * An AMQP 1.0 sink: each row becomes a message whose message-id is the row's deterministic id, also given as
 * `_AMQ_DUPL_ID`, by which Artemis, and Millrace's own node with a data folder, drop repeats; another broker keeps both. Rows wait for credit
 * without a deadline and hold the source back meanwhile; what is released, modified or in flight at a lost connection is
 * sent again.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * hot.pipe(into(amqpSink('alerts', { address: w => format`alerts/${w.room}` })))
 */
export function amqpSink<T>(id: string, options: AmqpSinkOptions<T>): SinkSpec<T> {
  checkSinkOptions(id, options)
  const { address, subject, kind, format = 'json', url } = options
  // Nothing is remembered between the ends of a direct link.
  const idCacheSize = isDirect(kind) ? 0 : options.idCacheSize
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
    durable: !isDirect(kind),
    properties,
  }
  const params = {
    address: form.address,
    kind,
    format,
    subject: form.subject,
    idCacheSize: options.idCacheSize,
    url: url && (Array.isArray(url) ? url : [url]).map(shownUrl),
  }
  return {
    id,
    connector: 'amqp',
    params: JSON.parse(JSON.stringify(params)) as { readonly [key: string]: Json },
    kind: 'sink',
    promise: promiseOf(idCacheSize),
    expressions,
    usesEmbeddedNode: wantsDefaultBroker(options),
    checkSettings: context => void brokerSettings(options, context, ''),
    async open(context) {
      const own = `millrace.${context.job}.${context.id}.${context.random.hex(8)}`
      return new AmqpSinkWriter(context, brokerSettings(options, context, own), form, { capabilities: [kind ?? 'queue'], idCacheSize })
    },
    check: (context, timeoutMs) => checkBroker(options, context, timeoutMs),
  }
}

const dependsOnBroker =
  "whether a repeated result is dropped is known once its broker is: Artemis, and Millrace's node with a data folder, drop it by its id, others keep both"

function promiseOf(idCacheSize: number | undefined): SinkPromise {
  if (idCacheSize === undefined) return { guarantee: 'depends-on-peer', why: dependsOnBroker }
  return idCacheSize === 0 ? { guarantee: 'append' } : { guarantee: 'idempotent', remembers: idCacheSize }
}
