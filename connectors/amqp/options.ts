import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { checkOptions, isText, type OptionCheck, wants, wantsObject } from '../../src/connector/check-options.js'
import type { EnvironmentText, Text } from '../../src/connector/secret.js'
import type { IdSpec } from '../../src/connector/source.js'
import type { TlsOptions } from '../../src/connector/tls-settings.js'
import type { Duration } from '../../src/model/duration.js'
import { parseEndpoint } from './endpoint.js'

/** What the address is at the broker. `anycast` and `multicast` are direct links: nothing is stored between the ends. */
export type AddressKind = 'queue' | 'topic' | 'anycast' | 'multicast'

/** How to reach a broker; the same for sources and sinks. */
export interface BrokerOptions {
  /** `amqp://` or `amqps://`, several for fail-over, tried in order. Default: MILLRACE_AMQP_URL, else the embedded node. */
  readonly url?: Text | readonly Text[]
  readonly user?: Text
  readonly password?: Text
  readonly tls?: TlsOptions
  /** Names this client at the broker; default `millrace.<job>.<id>`, with a random end unless a subscription is durable. */
  readonly containerId?: string
  /** How long the peer may be silent before the connection counts as lost; default 30s. */
  readonly idleTimeout?: Duration
}

/** Options of an AMQP 1.0 source. */
export interface AmqpSourceOptions<out T> extends BrokerOptions {
  readonly address: string
  /** What the address is, asked of the broker at the attach; default `queue`, or `topic` with a `subscription`. Brokers make new addresses of that kind. */
  readonly kind?: AddressKind
  /** A named subscription to a topic; `durable` keeps messages while the job is away, `shared` divides them among readers. */
  readonly subscription?: { readonly name: string; readonly durable?: boolean; readonly shared?: boolean }
  readonly linkName?: string
  /** A JMS selector, applied by the broker. */
  readonly selector?: string
  /** Where a message's identity is found, for recognising duplicates. */
  readonly id?: IdSpec
  readonly decode: DecoderSpec<T>
  /** Messages that may be on their way unread; default grows from 1,000 with the job's speed, always within the buffer. */
  readonly credit?: number
  /** Your word that nobody else reads this address. */
  readonly exclusive?: boolean
  /** A larger message is rejected; bytes, default 16 MiB. */
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
/** The address kinds that an option may name. */
export const kindOption: OptionCheck = value =>
  ['queue', 'topic', 'anycast', 'multicast'].includes(value as string) ? undefined : "wants 'queue', 'topic', 'anycast' or 'multicast'"

/** Checks of the options that sources and sinks share. */
export const brokerChecks: Readonly<Record<string, OptionCheck>> = {
  url,
  user: wants.text,
  password: wants.text,
  tls: wantsObject({ ca: wants.text, cert: wants.text, key: wants.text, rejectUnauthorized: wants.flag }, []),
  containerId: wants.plain,
  idleTimeout: wants.duration,
}

const sourceChecks: Readonly<Record<string, OptionCheck>> = {
  ...brokerChecks,
  address: wants.plain,
  kind: kindOption,
  subscription: wantsObject({ name: wants.plain, durable: wants.flag, shared: wants.flag }, ['name']),
  linkName: wants.plain,
  selector: wants.plain,
  id: value =>
    typeof value === 'object' && value !== null && 'from' in value
      ? undefined
      : "wants messageId(), applicationPropertyId('key') or bodyId('path')",
  decode: wants.decoder,
  credit: wants.count,
  exclusive: wants.flag,
  maxMessageBytes: wants.count,
}

/** @throws MR302 naming every fault of a source's options. */
export function checkSourceOptions(options: AmqpSourceOptions<unknown>): void {
  const further: string[] = []
  const { subscription, kind, exclusive } = options
  if (subscription && kind !== undefined && kind !== 'topic') further.push(`\`subscription\` belongs to a topic, and \`kind\` is '${kind}'`)
  if (subscription?.shared && exclusive) further.push('a shared subscription cannot be `exclusive`')
  if (options.password !== undefined && options.user === undefined) further.push('`password` is given without `user`')
  checkOptions('amqp', options, sourceChecks, ['address', 'decode'], further)
}

/** What a URL shows in plans: no user, no password. */
export const shownUrl = (value: Text): string =>
  typeof value === 'string' ? parseEndpoint(value).text : (value as EnvironmentText).toString()
