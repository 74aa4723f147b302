import type { SourcePromise, SourceSpec } from '../../src/connector/source.js'
import { durationMs } from '../../src/model/duration.js'
import type { Json } from '../../src/model/json.js'
import type { FieldSpec } from '../../src/model/schema.js'
import { checkBroker } from './check.js'
import { withoutCutMessages } from './cut-messages.js'
import { qosAnnotation, retainAnnotation, type WantedParts } from './message-encoder.js'
import { checkSourceOptions, keepsSession, type MqttSourceOptions, shownUrl } from './options.js'
import { settingsOf } from './settings.js'
import { MqttSourceReader, type Subscription } from './source-reader.js'
import { TopicPattern } from './topic-pattern.js'

const defaultMaxMessageBytes = 16 * 1024 * 1024
const defaultReceiveMaximum = 4_096
const defaultExpiryMs = 86_400_000

/**
 * An MQTT source, 5 or 3.1.1: topics of a broker, by filters with wildcards, alone or shared with others.
 *
 * Messages of QoS 1 and 2 are acknowledged once the job has them safe; the broker keeps a session under this client's id, so
 * that what was published meanwhile, and what was not acknowledged, comes when the job is back. Give `id` to recognise what comes
 * twice. Messages of QoS 0 have no protection. What the broker keeps for a client that is away is bounded there (mosquitto:
 * `max_queued_messages`, 1,000).
 *
 * Opening throws MR320 (no broker named), MR322, MR304; the reader stops with MR312, MR321, MR323, MR325 or MR326.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * mqtt({ url: 'mqtt://127.0.0.1', topic: 'sensors/+room/temperature', decode: json(Reading) })
 */
export function mqtt<T>(options: MqttSourceOptions<T>): SourceSpec<T> {
  checkSourceOptions(options)
  const topics = options.topics ?? [options.topic!]
  const patterns = topics.map(topic => new TopicPattern(topic))
  const session = keepsSession(options)
  const maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes
  const subscription: Subscription = {
    filters: patterns.map(({ filter }) => (options.share === undefined ? filter : `$share/${options.share}/${filter}`)),
    name: `${topics.join(', ')}${options.share === undefined ? '' : ` in group '${options.share}'`}`,
    qos: options.qos ?? 1,
    clean: !session,
    expirySeconds: session
      ? Math.ceil((options.sessionExpiry === undefined ? defaultExpiryMs : durationMs(options.sessionExpiry)) / 1000)
      : 0,
    retained: options.retained ?? 'when-new',
    receiveMaximum: options.receiveMaximum ?? defaultReceiveMaximum,
    maxMessageBytes,
    parts: wantedParts(options, patterns),
  }
  return {
    connector: 'mqtt',
    params: paramsOf(options),
    decoder: withoutCutMessages(options.decode, maxMessageBytes),
    id: options.id,
    promise: promiseOf(options),
    usesEmbeddedNode: false,
    checkSettings: context => void settingsOf(options, context, ''),
    async open(context) {
      const own = `millrace.${context.job}.${context.id}`
      const clientId = session ? own : `${own}.${context.random.hex(8)}`
      return new MqttSourceReader(context, settingsOf(options, context, clientId), subscription)
    },
    check: (context, timeoutMs) => checkBroker(options, context, timeoutMs),
  }
}

/** Flags cost 45 bytes a message in the journal, so only what a field or a converter may read is kept. */
function wantedParts({ decode }: MqttSourceOptions<unknown>, patterns: readonly TopicPattern[]): WantedParts {
  const flags =
    decode.opaque ||
    Object.values<FieldSpec>(decode.schema.fields).some(
      ({ origin }) => origin.section === 'message-annotations' && [retainAnnotation, qosAnnotation].includes(origin.key),
    )
  return { flags, patterns }
}

function paramsOf(options: MqttSourceOptions<unknown>): { readonly [key: string]: Json } {
  const { topic, topics, url, version, qos, share, clean, sessionExpiry, retained, receiveMaximum, id, clientId } = options
  const all = {
    topic,
    topics,
    url: url === undefined ? undefined : (Array.isArray(url) ? url : [url]).map(shownUrl),
    version,
    qos,
    share,
    clean,
    sessionExpiry,
    retained,
    receiveMaximum,
    id,
    clientId: clientId === undefined ? undefined : String(clientId),
  }
  // Leaves out what is not given.
  return JSON.parse(JSON.stringify(all)) as { readonly [key: string]: Json }
}

/**
 * A session keeps what is published with QoS 1 or 2 while the client is away, and sends again what was not acknowledged.
 * A message has no more protection than its sender gave it.
 */
function promiseOf(options: MqttSourceOptions<unknown>): SourcePromise {
  const readers = options.share === undefined ? 'one' : 'several'
  if (!keepsSession(options)) return { unaccepted: 'gone', meanwhile: 'gone', repeats: true, readers, presettled: true }
  return {
    unaccepted: 'again',
    meanwhile: 'kept',
    repeats: true,
    readers,
    presettled: true,
    remark:
      'the broker keeps the session of a client that is away for as long, and as many messages, as it is set to (mosquitto: max_queued_messages); when it loses a session (MR324), the guarantee falls',
  }
}
