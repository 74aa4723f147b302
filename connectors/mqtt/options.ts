import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { checkOptions, isText, type OptionCheck, wants, wantsObject } from '../../src/connector/check-options.js'
import type { EnvironmentText, Text } from '../../src/connector/secret.js'
import type { IdSpec } from '../../src/connector/source.js'
import type { TlsOptions } from '../../src/connector/tls-settings.js'
import type { Duration } from '../../src/model/duration.js'
import { parseEndpoint } from './endpoint.js'
import { TopicPattern } from './topic-pattern.js'

/** Quality of service: at most once, at least once, exactly once between broker and client. */
export type Qos = 0 | 1 | 2

/** How to reach a broker; the same for sources and sinks. */
export interface MqttBrokerOptions {
  /** `mqtt://` or `mqtts://`, several for fail-over, tried in order. Default: MILLRACE_MQTT_URL. */
  readonly url?: Text | readonly Text[]
  /** 5 (default), or 4 for MQTT 3.1.1. */
  readonly version?: 4 | 5
  readonly username?: Text
  readonly password?: Text
  readonly tls?: TlsOptions
  /** Names this client, and with it its session, at the broker; default `millrace.<job>.<id>`, with a random end where no session is kept. */
  readonly clientId?: Text
  /** How long the connection may be silent; default 30s. */
  readonly keepAlive?: Duration
}

/** Options of an MQTT source. */
export interface MqttSourceOptions<out T> extends MqttBrokerOptions {
  /** A topic filter; `+name` is a `+` whose level becomes a field by `segment('name')`. */
  readonly topic?: string
  /** Several filters, instead of `topic`. A message that matches two may come twice from brokers of MQTT 3.1.1. */
  readonly topics?: readonly string[]
  /** Asked of the broker; a message has the lower of this and of what it was published with. Default 1. */
  readonly qos?: Qos
  /** A shared subscription: the readers of one group divide the messages. Each needs a `clientId` of its own. */
  readonly share?: string
  /** True begins a session that ends with the connection: what comes meanwhile, and what was not settled, is gone. Default false. */
  readonly clean?: boolean
  /** How long the broker keeps the session of a client that is away (MQTT 5); default 1d. */
  readonly sessionExpiry?: Duration
  /** Retained messages: those of a new subscription (default), at every connection (MQTT 5), or none. */
  readonly retained?: 'when-new' | 'always' | 'never'
  /** Messages that may be on their way unacknowledged (MQTT 5; a broker of 3.1.1 has a limit of its own); default 4,096. */
  readonly receiveMaximum?: number
  /** Where a message's identity is found, for recognising duplicates. */
  readonly id?: IdSpec
  readonly decode: DecoderSpec<T>
  /** A larger packet goes to the dead letters (MR210), of more than 1 MiB its first; bytes, default 16 MiB. */
  readonly maxMessageBytes?: number
}

const url: OptionCheck = value => {
  const all = Array.isArray(value) ? value : [value]
  if (all.length === 0) return 'wants at least one URL'
  for (const one of all) {
    if (!isText(one)) return 'wants a URL, env(…), secret(…), or a list of them'
    if (typeof one === 'string') parseEndpoint(one)
  }
  return undefined
}

const oneOf =
  (...values: readonly unknown[]): OptionCheck =>
  value =>
    values.includes(value) ? undefined : `wants ${values.map(one => JSON.stringify(one).replaceAll('"', "'")).join(' or ')}`

const topicFilter: OptionCheck = value => {
  if (typeof value !== 'string') return 'wants a topic filter such as sensors/+/temperature'
  try {
    new TopicPattern(value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const topicFilters: OptionCheck = value => {
  if (!Array.isArray(value) || value.length === 0) return 'wants a list of topic filters'
  const wrong = value.map(one => ({ one, fault: topicFilter(one) })).find(({ fault }) => fault)
  return wrong ? `holds '${String(wrong.one)}', which ${wrong.fault}` : undefined
}

const group: OptionCheck = value =>
  typeof value === 'string' && /^[^/+#\0]+$/.test(value) ? undefined : 'wants the name of a group, without /, + and #'

/** MQTT 5 §3.1.2.11.3: a receive maximum is 1 to 65,535. */
const receiveMaximum: OptionCheck = value =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 65_535 ? undefined : 'wants a whole number from 1 to 65,535'

export const qosOption = oneOf(0, 1, 2)

/** Checks of the options that sources and sinks share. */
export const brokerChecks: Readonly<Record<string, OptionCheck>> = {
  url,
  version: oneOf(5, 4),
  username: wants.text,
  password: wants.text,
  tls: wantsObject({ ca: wants.text, cert: wants.text, key: wants.text, rejectUnauthorized: wants.flag }, []),
  clientId: wants.text,
  keepAlive: wants.duration,
}

const sourceChecks: Readonly<Record<string, OptionCheck>> = {
  ...brokerChecks,
  topic: topicFilter,
  topics: topicFilters,
  qos: qosOption,
  share: group,
  clean: wants.flag,
  sessionExpiry: wants.duration,
  retained: oneOf('when-new', 'always', 'never'),
  receiveMaximum,
  id: value =>
    typeof value === 'object' && value !== null && 'from' in value ? undefined : "wants userPropertyId('key') or bodyId('path')",
  decode: wants.decoder,
  maxMessageBytes: wants.count,
}

/** Faults between the options that sources and sinks share. */
export const brokerFaults = ({ username, password, version }: MqttBrokerOptions): string[] =>
  // [MQTT-3.1.2-22]: in 3.1.1 "If the User Name Flag is set to 0, the Password Flag MUST be set to 0".
  password !== undefined && username === undefined && version === 4
    ? ['`password` is given without `username`, which MQTT 3.1.1 does not allow']
    : []

/** Whether the broker keeps a session while the client is away. */
export const keepsSession = ({ clean, qos }: Pick<MqttSourceOptions<unknown>, 'clean' | 'qos'>): boolean => clean !== true && qos !== 0

/** @throws MR302 naming every fault of a source's options. */
export function checkSourceOptions(options: MqttSourceOptions<unknown>): void {
  const { topic, topics, share, clientId, version, sessionExpiry, retained } = options
  const further = brokerFaults(options)
  if ((topic === undefined) === (topics === undefined)) further.push('either `topic` or `topics` is given')
  if (share !== undefined && clientId === undefined && keepsSession(options))
    further.push("`share` wants a `clientId` of its own for each process, such as env('HOSTNAME'), or `clean: true`")
  if (version === 4 && sessionExpiry !== undefined)
    further.push('`sessionExpiry` belongs to MQTT 5; a broker of 3.1.1 has a setting of its own')
  if (version === 4 && retained === 'always') further.push("`retained: 'always'` belongs to MQTT 5")
  if (sessionExpiry !== undefined && !keepsSession(options))
    further.push('`sessionExpiry` is given, and no session is kept (`clean`, or `qos: 0`)')
  checkOptions('mqtt', options, sourceChecks, ['decode'], further)
}

/** What a URL shows in plans: no user, no password. */
export const shownUrl = (value: Text): string =>
  typeof value === 'string' ? parseEndpoint(value).text : (value as EnvironmentText).toString()
