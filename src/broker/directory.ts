import type { Addresses } from './addresses.js'
import { type Attach, dynamicTerminus } from './attach.js'
import { IncomingLink } from './incoming-link.js'
import { OutgoingLink } from './outgoing-link.js'
import type { Queue } from './queue.js'
import { readSelector } from './read-selector.js'
import { Refusal } from './refusal.js'
import { Relay } from './relay.js'
import type { Session } from './session.js'
import { Topic } from './topic.js'

/** A link with its place at an address, ready to begin once the attach has been answered. */
export interface Place {
  readonly link: IncomingLink | OutgoingLink
  readonly source: Buffer
  readonly target: Buffer
  begin(): void
}

const NULL = Buffer.from([0x40])

/** What each link is attached to. */
export class Directory {
  readonly #addresses: Addresses
  /** What to do when a link goes; `closed` when the peer closed it, not merely detached or lost it. */
  readonly #endings = new Map<object, (closed: boolean) => void>()
  #plainSubscriptions = 0
  #stolen: Queue | undefined

  constructor(addresses: Addresses) {
    this.#addresses = addresses
  }

  place(session: Session, attach: Attach, containerId: string): Place {
    return attach.receives ? this.#placeReceiver(session, attach, containerId) : this.#placeSender(session, attach)
  }

  /** A link has ended, before it is released. */
  unlink(link: object, closed: boolean): void {
    const ending = this.#endings.get(link)
    this.#endings.delete(link)
    ending?.(closed)
  }

  #placeSender(session: Session, attach: Attach): Place {
    const wish = attach.target
    if (!wish) throw new Refusal('link', 'amqp:invalid-field', 'a sender without a target')
    if (wish.coordinator) throw new Refusal('link', 'amqp:not-implemented', 'the node has no transactions')
    const link = new IncomingLink(session, attach.name, attach.handle, attach.initialDeliveryCount)
    const source = attach.source?.raw ?? NULL
    if (wish.dynamic) {
      const name = this.#dynamicQueue(link)
      return { link, source, target: dynamicTerminus(false, name), begin: () => link.bind(this.#addresses.find(name, [])) }
    }
    if (wish.address === undefined || wish.address === '') {
      const relay = new Relay(address => this.#addresses.find(address, []))
      return { link, source, target: wish.raw, begin: () => link.bind(relay) }
    }
    const target = this.#addresses.find(wish.address, wish.capabilities)
    return { link, source, target: wish.raw, begin: () => link.bind(target) }
  }

  #placeReceiver(session: Session, attach: Attach, containerId: string): Place {
    const wish = attach.source
    if (!wish) throw new Refusal('link', 'amqp:invalid-field', 'a receiver without a source')
    const selector = readSelector(wish.filter)
    const link = new OutgoingLink(session, attach.name, attach.handle, attach.senderSettleMode === 1, selector)
    const target = attach.target?.raw ?? NULL
    if (wish.dynamic) {
      const name = this.#dynamicQueue(link)
      return { link, source: dynamicTerminus(true, name), target, begin: () => link.bind(this.#addresses.source(name)) }
    }
    if (wish.address === undefined || wish.address === '') throw new Refusal('link', 'amqp:invalid-field', 'a receiver names its address')
    const cut = wish.address.indexOf('::')
    if (cut >= 0) {
      const queue = this.#addresses.namedSubscription(wish.address)
      return { link, source: wish.raw, target, begin: () => link.bind(queue) }
    }
    const address = this.#addresses.find(wish.address, wish.capabilities)
    if (!(address instanceof Topic)) {
      const source = this.#addresses.source(wish.address)
      return { link, source: wish.raw, target, begin: () => link.bind(source) }
    }
    const durable = wish.durable > 0 || wish.expiry === 'never'
    const shared = wish.capabilities.includes('shared')
    const owner = wish.capabilities.includes('global') ? '' : containerId
    const name = shared ? attach.name.replace(/\|.*$/s, '') : attach.name
    const queue = this.#subscribe(address, `${owner}/${name}`, durable, shared, link)
    return { link, source: wish.raw, target, begin: () => link.bind(queue) }
  }

  /** The queue behind a subscription of this container and link name; it ends with its link unless it is durable. */
  #subscribe(topic: Topic, name: string, durable: boolean, shared: boolean, link: OutgoingLink): Queue {
    const key = durable || shared ? name : `${name}#${this.#plainSubscriptions++}`
    const known = topic.subscription(key)
    if (known && !shared) this.#steal(known)
    const queue = this.#addresses.subscription(topic, key, `${topic.name}::${name}`, durable)
    this.#endings.set(link, closed => {
      if (queue === this.#stolen || (durable && !closed) || queue.stats().consumers > 1) return
      if (topic.subscription(key) === queue) this.#addresses.unsubscribe(topic, key)
    })
    return queue
  }

  /** Its receiver has to go; the subscription and its messages stay. */
  #steal(queue: Queue): void {
    this.#stolen = queue
    queue.dissolve('amqp:link:stolen', 'the subscription was attached anew')
    this.#stolen = undefined
  }

  #dynamicQueue(link: object): string {
    const name = this.#addresses.dynamicQueue()
    this.#endings.set(link, () => this.#addresses.dissolve(name))
    return name
  }
}
