import { type ReceiverOptions, selectorFilter, type Terminus } from '../../src/amqp/rhea.js'

/** What a source's link asks for, all texts resolved. */
export interface SourceLink {
  readonly address: string
  readonly kind: 'queue' | 'topic' | 'anycast' | 'multicast' | undefined
  readonly name: string
  readonly durable: boolean
  readonly shared: boolean
  /** The container id was chosen by the author: a shared subscription is then its own, otherwise everybody's. */
  readonly ownContainer: boolean
  readonly selector: string | undefined
  readonly credit: number | undefined
  readonly maxMessageBytes: number
}

/** The attach of a source (part 2 §2.7.3, part 3 §3.5.3): unsettled, settled by the receiver first, credit by hand. */
export function receiverOptions(link: SourceLink): ReceiverOptions {
  const capabilities = [...(link.kind ? [link.kind] : []), ...(link.shared ? ['shared', ...(link.ownContainer ? [] : ['global'])] : [])]
  const source: Terminus = {
    address: link.address,
    ...(capabilities.length > 0 ? { capabilities } : {}),
    ...(link.durable ? { durable: 2, expiry_policy: 'never' } : {}),
    ...(link.selector === undefined ? {} : { filter: selectorFilter(link.selector) }),
  }
  return {
    name: link.name,
    source,
    target: {},
    snd_settle_mode: 2,
    rcv_settle_mode: 0,
    credit_window: 0,
    autoaccept: false,
    autosettle: false,
    max_message_size: link.maxMessageBytes,
  }
}
