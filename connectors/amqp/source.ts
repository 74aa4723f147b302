import type { IdSpec, SourcePromise, SourceSpec } from '../../src/connector/source.js'
import type { Json } from '../../src/model/json.js'
import { brokerSettings, wantsDefaultBroker } from './broker-settings.js'
import { checkBroker } from './check.js'
import { type AddressKind, type AmqpSourceOptions, checkSourceOptions, shownUrl } from './options.js'
import type { SourceLink } from './source-link.js'
import { AmqpSourceReader } from './source-reader.js'

const defaultMaxMessageBytes = 16 * 1024 * 1024

/**
 * The message-id of AMQP's properties section.
 *
 * @example
 * amqp({ address: 'telemetry', id: messageId(), decode: json(Reading) })
 */
export const messageId = (): IdSpec => ({ from: 'message-id' })

/**
 * An application property that the sender makes unique.
 *
 * @example
 * amqp({ address: 'telemetry', id: applicationPropertyId('reading'), decode: json(Reading) })
 */
export const applicationPropertyId = (key: string): IdSpec => ({ from: 'application-property', key })

/**
 * A value of the body, by keys joined with dots.
 *
 * @example
 * amqp({ address: 'telemetry', id: bodyId('d.id'), decode: json(Reading) })
 */
export const bodyId = (path: string): IdSpec => ({ from: 'body', path: path.split('.') })

/**
 * An AMQP 1.0 source: a queue, a topic with or without a subscription, or a direct link through a router.
 *
 * Messages are accepted once the job has them safe, released at an orderly stop, and never rejected for load: credit
 * follows the free buffer space. A lost connection or link is made again, for as long as it takes; what was not accepted
 * then comes again, so give `id` to recognise it.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * amqp({ address: 'telemetry', id: messageId(), decode: json(Reading) })
 */
export function amqp<T>(options: AmqpSourceOptions<T>): SourceSpec<T> {
  checkSourceOptions(options)
  return {
    connector: 'amqp',
    params: paramsOf(options),
    decoder: options.decode,
    id: options.id,
    promise: promiseOf(options),
    usesEmbeddedNode: wantsDefaultBroker(options),
    checkSettings: context => void brokerSettings(options, context, ''),
    async open(context) {
      const durable = options.subscription?.durable === true
      const own = `millrace.${context.job}.${context.id}`
      // A durable subscription is found again by container id and link name; others must not collide with another process.
      const unique = durable ? own : `${own}.${context.random.hex(8)}`
      const link: SourceLink = {
        address: options.address,
        kind: options.kind ?? standardKind(options),
        name: options.linkName ?? options.subscription?.name ?? unique,
        durable,
        shared: options.subscription?.shared === true,
        ownContainer: options.containerId !== undefined,
        selector: options.selector,
        credit: options.credit,
        maxMessageBytes: options.maxMessageBytes ?? defaultMaxMessageBytes,
      }
      return new AmqpSourceReader(context, brokerSettings(options, context, unique), link)
    },
    check: (context, timeoutMs) => checkBroker(options, context, timeoutMs),
  }
}

function paramsOf(options: AmqpSourceOptions<unknown>): { readonly [key: string]: Json } {
  const { address, kind, subscription, selector, id, url, credit, exclusive, linkName, containerId } = options
  const all = {
    address,
    kind,
    url: url === undefined ? undefined : (Array.isArray(url) ? url : [url]).map(shownUrl),
    subscription: subscription && { name: subscription.name, durable: subscription.durable ?? false, shared: subscription.shared ?? false },
    selector,
    id:
      id &&
      (id.from === 'body'
        ? { from: id.from, path: id.path }
        : id.from === 'application-property'
          ? { from: id.from, key: id.key }
          : { from: id.from }),
    credit,
    exclusive,
    linkName,
    containerId,
  }
  // Leaves out what is not given.
  return JSON.parse(JSON.stringify(all)) as { readonly [key: string]: Json }
}

/**
 * Queues and durable subscriptions keep and redeliver; a subscription that is not durable ends with its link. Behind a
 * direct link stands the sender: what it settles only after our word it sends again, and a multicast does not wait for
 * those who are away.
 */
function promiseOf(options: AmqpSourceOptions<unknown>): SourcePromise {
  const kind = options.kind ?? standardKind(options) ?? 'queue'
  const { subscription, exclusive } = options
  const alone = exclusive === true ? 'one' : 'assumed-one'
  const sent = { unaccepted: 'again', meanwhile: 'kept', repeats: true } as const
  const stored = {
    ...sent,
    remark: 'only messages that are marked durable outlive a crash of the broker, such as the embedded node',
  } as const
  const fleeting = { unaccepted: 'gone', meanwhile: 'gone', repeats: true } as const
  switch (kind) {
    case 'queue':
      return { ...stored, readers: alone }
    case 'topic':
      return { ...(subscription?.durable ? stored : fleeting), readers: subscription?.shared ? 'several' : 'one' }
    case 'anycast':
      return { ...sent, readers: alone, presettled: true }
    case 'multicast':
      return { ...fleeting, readers: 'one', presettled: true }
  }
}

/** Brokers make an address on demand by what the attach asks for; without a word Artemis makes one that stores nothing. */
function standardKind({ address, subscription }: Pick<AmqpSourceOptions<unknown>, 'address' | 'subscription'>): AddressKind | undefined {
  if (subscription) return 'topic'
  return address.includes('::') ? undefined : 'queue'
}
