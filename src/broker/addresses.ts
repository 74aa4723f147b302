import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import type { Address, AddressStats, AddressType, Source } from './address.js'
import { Anycast } from './anycast.js'
import { DirectAddress } from './direct-address.js'
import type { Keeping } from './intake.js'
import { MemoryBound } from './memory-bound.js'
import type { Message } from './message.js'
import { Multicast } from './multicast.js'
import { Queue } from './queue.js'
import type { QueueStore } from './queue-store.js'
import type { StoreContents } from './read-store.js'
import { Refusal } from './refusal.js'
import type { KeptAddress } from './store-record.js'
import { Topic } from './topic.js'

export interface AddressesOptions {
  readonly queueBytes: number
  /** What all queues hold together at most. */
  readonly memoryBytes: number
  readonly maxAddresses: number
  readonly maxDeliveries: number
  readonly deadLetterAddress: string
  readonly time: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly onChange: () => void
  /** Undefined: all addresses live in memory. */
  readonly store: QueueStore | undefined
}

const TYPES: ReadonlySet<string> = new Set(['queue', 'topic', 'anycast', 'multicast'])

/** All addresses of the node, by name; those of before a restart among them. */
export class Addresses {
  readonly #all = new Map<string, Address & Partial<Source>>()
  readonly #fixed = new Set<string>()
  readonly #options: AddressesOptions
  /** What the store has of addresses and subscriptions, by name. */
  readonly #keepings = new Map<string, Keeping>()
  readonly #memory: MemoryBound
  #subscriptions = 0

  constructor(options: AddressesOptions) {
    this.#options = options
    this.#memory = new MemoryBound(options.memoryBytes, full => this.#onMemory(full))
    options.store?.onRoom(() => this.#topUp())
  }

  /** Makes what was remembered, with its messages. */
  restore({ kept, messages }: StoreContents): void {
    const { store } = this.#options
    if (!store) return
    const queues = new Map<number, Queue>()
    for (const one of kept.values()) {
      const { type, name, topic = '', key = '' } = one.address
      this.#keepings.set(name, { store, kept: one })
      const address = type === 'subscription' ? this.subscription(this.#topic(topic), key, name, true) : this.#make(name, type, true)
      if (address instanceof Queue) queues.set(one.number, address)
    }
    for (const stored of [...messages.values()].sort((a, b) => a.seq - b.seq))
      for (const holder of stored.holders) queues.get(holder)?.restore(stored)
  }

  /** Makes an address that stays. @throws Refusal where it is there as another type. */
  configure(name: string, type: AddressType): void {
    this.#fixed.add(name)
    if (type === 'subscription') this.namedSubscription(name)
    else this.find(name, [type])
  }

  stats(): AddressStats[] {
    const list: AddressStats[] = []
    for (const address of this.#all.values()) {
      list.push(address.stats())
      if (address instanceof Topic) for (const queue of address.queues()) list.push(queue.stats())
    }
    return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  /** The address of this name, made when it is not there: by the capability asked for, else a queue. @throws Refusal */
  find(name: string, capabilities: readonly string[]): Address {
    const asked = capabilities.find(capability => TYPES.has(capability))
    const known = this.#all.get(name)
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
    return this.#make(name, (asked as KeptAddress['type'] | undefined) ?? 'queue', true)
  }

  /** An address that can be read. @throws Refusal */
  source(name: string): Source {
    const address = this.#all.get(name)
    if (address instanceof Queue || address instanceof DirectAddress) return address
    throw new Refusal('link', 'amqp:not-found', `no address ${JSON.stringify(name)}`)
  }

  /** The queue behind the subscription `key` of a topic, made when it is not there; a durable one is remembered. */
  subscription(topic: Topic, key: string, name: string, durable: boolean): Queue {
    const known = topic.subscription(key)
    if (known) return known
    this.#makeRoom()
    this.#subscriptions++
    const keeping = durable ? this.#keep({ type: 'subscription', name, topic: topic.name, key }) : undefined
    const queue = this.#queue(name, 'subscription', keeping, () => topic.topUp())
    topic.subscribe(key, queue)
    return queue
  }

  /** The subscription of an address `topic::name`. @throws Refusal */
  namedSubscription(address: string): Queue {
    const cut = address.indexOf('::')
    const name = cut < 0 ? '' : address.slice(cut + 2)
    if (name === '') throw new Refusal('link', 'amqp:invalid-field', 'a subscription address is `topic::name`')
    return this.subscription(this.#topic(address.slice(0, cut)), `::${name}`, address, true)
  }

  /** Ends a subscription, with its messages. */
  unsubscribe(topic: Topic, key: string): void {
    const queue = topic.subscription(key)
    if (!queue) return
    topic.unsubscribe(key)
    this.#keepings.delete(queue.name)
    this.#subscriptions--
  }

  /** A queue with a name that nobody can guess; it lives in memory, and not longer than its link. */
  dynamicQueue(): string {
    this.#makeRoom()
    const name = `dynamic/${this.#options.random.hex(32)}`
    this.#make(name, 'queue', false)
    return name
  }

  /** Takes an address away and closes the links of its receivers. */
  dissolve(name: string): void {
    const address = this.#all.get(name)
    this.#forget(name)
    if (!(address instanceof Queue)) return
    address.dissolve('amqp:resource-deleted', 'the link that made this address has ended')
    address.discard()
  }

  #topic(name: string): Topic {
    const topic = this.find(name, ['topic'])
    if (topic instanceof Topic) return topic
    throw new Refusal('link', 'amqp:precondition-failed', `MR703: ${name} is no topic`)
  }

  #make(name: string, type: KeptAddress['type'], lasting: boolean): Address {
    const keeping = lasting ? this.#keep({ type, name }) : undefined
    const address =
      type === 'topic'
        ? new Topic(name, keeping, this.#memory)
        : type === 'anycast'
          ? new Anycast(name)
          : type === 'multicast'
            ? new Multicast(name)
            : this.#queue(name, 'queue', keeping)
    this.#all.set(name, address)
    this.#options.onChange()
    return address
  }

  #queue(name: string, type: AddressType, keeping: Keeping | undefined, onRoom: () => void = () => {}): Queue {
    const dead = this.#options.deadLetterAddress
    return new Queue({
      name,
      type,
      bytes: this.#options.queueBytes,
      memory: this.#memory,
      maxDeliveries: this.#options.maxDeliveries,
      time: this.#options.time,
      keeping,
      deadLetter: name === dead ? undefined : message => this.#bury(message),
      onChange: this.#options.onChange,
      onRoom,
    })
  }

  #keep(address: KeptAddress): Keeping | undefined {
    const { store } = this.#options
    if (!store) return undefined
    const keeping = this.#keepings.get(address.name) ?? { store, kept: store.remember(address) }
    this.#keepings.set(address.name, keeping)
    return keeping
  }

  #bury(message: Message): boolean {
    const name = this.#options.deadLetterAddress
    const letters = this.#all.get(name) ?? this.#make(name, 'queue', true)
    if (!(letters instanceof Queue) || letters.isFull()) return false
    letters.add(message)
    return true
  }

  #forget(name: string): void {
    this.#all.delete(name)
    const keeping = this.#keepings.get(name)
    this.#keepings.delete(name)
    keeping?.store.forget(keeping.kept)
  }

  /** Forgets addresses made on demand that nobody uses, or refuses. */
  #makeRoom(): void {
    if (this.#all.size + this.#subscriptions < this.#options.maxAddresses) return
    for (const [name, address] of this.#all) if (!this.#fixed.has(name) && address.idle()) this.#forget(name)
    if (this.#all.size + this.#subscriptions >= this.#options.maxAddresses) {
      throw new Refusal('link', 'amqp:resource-limit-exceeded', `MR708: the node keeps ${this.#options.maxAddresses} addresses at most`)
    }
  }

  #onMemory(full: boolean): void {
    const { log, memoryBytes } = this.#options
    if (full) log.warn(`the queues of the AMQP node hold ${memoryBytes} bytes: all senders to queues wait for receivers`, { code: 'MR710' })
    else {
      log.info('the AMQP node has room for messages again')
      this.#topUp()
    }
  }

  #topUp(): void {
    for (const address of this.#all.values()) if (address instanceof Queue || address instanceof Topic) address.topUp()
  }
}
