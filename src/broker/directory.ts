import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { Address, AddressStats, AddressType, Source } from './address.js'
import { Anycast } from './anycast.js'
import { type Attach, dynamicTerminus } from './attach.js'
import { DirectAddress } from './direct-address.js'
import { IncomingLink } from './incoming-link.js'
import { Multicast } from './multicast.js'
import { OutgoingLink } from './outgoing-link.js'
import { Queue } from './queue.js'
import { readSelector } from './read-selector.js'
import { Refusal } from './refusal.js'
import { Relay } from './relay.js'
import type { Session } from './session.js'
import { Topic } from './topic.js'

export interface DirectoryOptions {
  readonly queueBytes: number
  readonly maxAddresses: number
  readonly maxDeliveries: number
  readonly deadLetterAddress: string
  readonly time: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly onChange: () => void
}

/** A link with its place at an address, ready to begin once the attach has been answered. */
export interface Place {
  readonly link: IncomingLink | OutgoingLink
  readonly source: Buffer
  readonly target: Buffer
  begin(): void
}

const NULL = Buffer.from([0x40])
const TYPES: ReadonlySet<string> = new Set(['queue', 'topic', 'anycast', 'multicast'])

/** All addresses of the node, and what each link is attached to. */
export class Directory {
  readonly #addresses = new Map<string, Address & Partial<Source>>()
  readonly #fixed = new Set<string>()
  readonly #options: DirectoryOptions
  /** What to do when a link goes; `closed` when the peer closed it, not merely detached or lost it. */
  readonly #endings = new Map<object, (closed: boolean) => void>()
  #plainSubscriptions = 0
  #subscriptions = 0

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** Makes an address that stays. */
  configure(name: string, type: AddressType): void {
    this.#fixed.add(name)
    if (type === 'subscription') this.#namedSubscription(name)
    else this.#make(name, type)
  }

  stats(): AddressStats[] {
    const list: AddressStats[] = []
    for (const address of this.#addresses.values()) {
      list.push(address.stats())
      if (address instanceof Topic) for (const queue of address.queues()) list.push(queue.stats())
    }
    return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
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
      return { link, source, target: dynamicTerminus(false, name), begin: () => link.bind(this.#find(name, [])) }
    }
    if (wish.address === undefined || wish.address === '') {
      const relay = new Relay(address => this.#find(address, []))
      return { link, source, target: wish.raw, begin: () => link.bind(relay) }
    }
    const target = this.#find(wish.address, wish.capabilities)
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
      return { link, source: dynamicTerminus(true, name), target, begin: () => link.bind(this.#sourceOf(name)) }
    }
    if (wish.address === undefined || wish.address === '') throw new Refusal('link', 'amqp:invalid-field', 'a receiver names its address')
    const cut = wish.address.indexOf('::')
    if (cut >= 0) {
      const queue = this.#namedSubscription(wish.address)
      return { link, source: wish.raw, target, begin: () => link.bind(queue) }
    }
    const address = this.#find(wish.address, wish.capabilities)
    if (!(address instanceof Topic)) {
      const source = this.#sourceOf(wish.address)
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
    let queue = topic.subscription(key)
    if (!queue) {
      queue = this.#subscriptionQueue(topic, `${topic.name}::${name}`)
      topic.subscribe(key, queue)
    } else if (!shared) queue.dissolve('amqp:link:stolen', 'the subscription was attached anew')
    const kept = queue
    this.#endings.set(link, closed => {
      if ((durable && !closed) || kept.stats().consumers > 1) return
      if (topic.subscription(key) !== kept) return
      topic.unsubscribe(key)
      this.#subscriptions--
    })
    return queue
  }

  #namedSubscription(address: string): Queue {
    const cut = address.indexOf('::')
    const name = cut < 0 ? '' : address.slice(cut + 2)
    if (name === '') throw new Refusal('link', 'amqp:invalid-field', 'a subscription address is `topic::name`')
    const topic = this.#find(address.slice(0, cut), ['topic'])
    if (!(topic instanceof Topic)) throw new Refusal('link', 'amqp:precondition-failed', `MR703: ${topic.name} is no topic`)
    let queue = topic.subscription(`::${name}`)
    if (!queue) {
      queue = this.#subscriptionQueue(topic, address)
      topic.subscribe(`::${name}`, queue)
    }
    return queue
  }

  #subscriptionQueue(topic: Topic, name: string): Queue {
    this.#makeRoom()
    this.#subscriptions++
    return this.#queue(name, 'subscription', () => topic.onRoom())
  }

  /** The address of this name, made when it is not there: by the capability asked for, else a queue. */
  #find(name: string, capabilities: readonly string[]): Address {
    const asked = capabilities.find(capability => TYPES.has(capability))
    const known = this.#addresses.get(name)
    if (known) {
      if (asked !== undefined && asked !== known.type) {
        throw new Refusal(
          'link',
          'amqp:precondition-failed',
          `MR703: ${JSON.stringify(name)} is of type ${known.type}, the link asks for ${asked}`,
        )
      }
      return known
    }
    if (name.includes('::')) throw new Refusal('link', 'amqp:not-allowed', 'a subscription is read, and its topic is sent to')
    this.#makeRoom()
    return this.#make(name, (asked as AddressType | undefined) ?? 'queue')
  }

  #sourceOf(name: string): Source {
    const address = this.#addresses.get(name)
    if (address instanceof Queue || address instanceof DirectAddress) return address
    throw new Refusal('link', 'amqp:not-found', `no address ${JSON.stringify(name)}`)
  }

  #make(name: string, type: AddressType): Address {
    const address =
      type === 'topic'
        ? new Topic(name)
        : type === 'anycast'
          ? new Anycast(name)
          : type === 'multicast'
            ? new Multicast(name)
            : this.#queue(name, 'queue')
    this.#addresses.set(name, address)
    this.#options.onChange()
    return address
  }

  #queue(name: string, type: AddressType, onRoom: () => void = () => {}): Queue {
    const dead = this.#options.deadLetterAddress
    return new Queue({
      name,
      type,
      bytes: this.#options.queueBytes,
      maxDeliveries: this.#options.maxDeliveries,
      time: this.#options.time,
      deadLetter: name === dead ? undefined : message => this.#bury(message),
      onChange: this.#options.onChange,
      onRoom,
    })
  }

  #bury(message: Parameters<Queue['put']>[0]): boolean {
    const letters = this.#addresses.get(this.#options.deadLetterAddress) ?? this.#make(this.#options.deadLetterAddress, 'queue')
    if (!(letters instanceof Queue) || letters.isFull()) return false
    letters.put(message)
    return true
  }

  #dynamicQueue(link: object): string {
    this.#makeRoom()
    const name = `dynamic/${this.#options.random.hex(32)}`
    const queue = this.#make(name, 'queue')
    this.#endings.set(link, () => {
      this.#addresses.delete(name)
      if (queue instanceof Queue) queue.dissolve('amqp:resource-deleted', 'the link that made this address has ended')
    })
    return name
  }

  /** Forgets addresses made on demand that nobody uses, or refuses. */
  #makeRoom(): void {
    if (this.#addresses.size + this.#subscriptions < this.#options.maxAddresses) return
    for (const [name, address] of this.#addresses) if (!this.#fixed.has(name) && address.idle()) this.#addresses.delete(name)
    if (this.#addresses.size + this.#subscriptions >= this.#options.maxAddresses) {
      throw new Refusal('link', 'amqp:resource-limit-exceeded', `MR708: the node keeps ${this.#options.maxAddresses} addresses at most`)
    }
  }
}
