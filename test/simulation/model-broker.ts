import type { SourceReader } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import type { Machine } from './machine.js'
import { chunkOf, type Message } from './message.js'
import { ModelTransfers, type TakeTransfers } from './model-transfers.js'
import type { SeededRandom } from './seeded-random.js'
import type { SimProcess } from './sim-process.js'

interface Queued {
  readonly place: number
  readonly message: Message
}

interface Delivery {
  readonly receipt: number
  /** When it reached the process. */
  givenAt: number
  readonly messages: readonly Queued[]
}

/** One consumer of the queue: a reader of a process, on one connection after another. */
interface Link {
  readonly process: SimProcess
  connected: boolean
  open: boolean
  draining: boolean
  downSince: number
  receipt: number
  /** Rises with each connection: what was on its way over an earlier one is lost. */
  connection: number
  unsettled: Delivery[]
  waiting: { resolve: (chunk: Chunk | undefined) => void; reject: (error: unknown) => void } | undefined
  serving: boolean
}

/** A queue of an AMQP broker: credit, unsettled deliveries, redelivery in order after a cut, settlements that get lost. */
export class ModelBroker {
  readonly name: string
  readonly #machine: Machine
  readonly #random: SeededRandom
  readonly #transfers: ModelTransfers
  readonly #credit: number
  readonly #ordered: boolean
  readonly #longestChunk: number
  #queue: Queued[] = []
  #links: Link[] = []
  #places = 0
  /** Settled messages: gone from the broker. */
  readonly settled = new Set<number>()

  /** `ordered`: one who was replaced is given nothing and holds nothing, which would come again out of its order. */
  constructor(name: string, machine: Machine, ordered: boolean, take?: TakeTransfers) {
    this.#ordered = ordered
    this.name = name
    this.#machine = machine
    this.#random = machine.fork(`broker ${name}`)
    this.#transfers = new ModelTransfers(machine.fork(`transfers ${name}`), take)
    this.#credit = this.#random.int(4, 60)
    this.#longestChunk = this.#random.int(1, 20)
  }

  /** Messages that are not settled, waiting or delivered. */
  get size(): number {
    return this.#links.reduce(
      (sum, { unsettled }) => sum + unsettled.reduce((n, { messages }) => n + messages.length, 0),
      this.#queue.length,
    )
  }

  /** A producer's message arrives. */
  take(message: Message): void {
    this.#queue.push({ place: this.#places++, message })
    this.#serve()
  }

  connect(process: SimProcess): SourceReader {
    const link: Link = {
      process,
      connected: true,
      open: true,
      draining: false,
      downSince: 0,
      receipt: 0,
      connection: 0,
      unsettled: [],
      waiting: undefined,
      serving: false,
    }
    this.#links.push(link)
    process.onDeath(() => this.#machine.scheduler.after(this.#random.between(0, 80), () => this.#drop(link)))
    return {
      next: () =>
        new Promise((resolve, reject) => {
          if (process.dead) return
          link.waiting = { resolve, reject }
          this.#serve()
        }),
      settle: receipt => this.#settle(link, receipt),
      status: () => ({
        connected: link.connected,
        live: link.connected && this.#queue.length === 0 && !link.serving && !link.draining,
        detail: link.connected ? 'attached' : 'away',
        ...(!link.connected && { downSince: link.downSince }),
      }),
      close: async how => {
        if (process.dead) return
        if (how === 'release') return this.#drop(link)
        link.draining = true
        this.#serve()
      },
    }
  }

  /** The connections break; each is made again after a while. */
  cut(awayMs: number): void {
    for (const link of this.#links) {
      if (!link.connected) continue
      this.#disconnect(link)
      this.#machine.scheduler.after(awayMs, () => {
        // A stopped process connects when it goes on.
        link.process.enter(() => {
          if (!link.open) return
          link.connected = true
          this.#serve()
        })
      })
    }
  }

  /** The reader itself gives up: the runtime has to open another. */
  fail(): void {
    const link = this.#links.find(({ waiting, connected }) => waiting && connected)
    if (!link) return
    const { reject } = link.waiting!
    this.#disconnect(link)
    link.waiting = undefined
    link.process.enter(() => reject(new Error('the link broke')))
  }

  #disconnect(link: Link): void {
    link.connected = false
    link.connection++
    link.downSince = this.#machine.scheduler.now
    link.serving = false
    this.#queue.push(...link.unsettled.flatMap(({ messages }) => messages))
    this.#queue.sort((a, b) => a.place - b.place)
    link.unsettled = []
  }

  #drop(link: Link): void {
    if (!link.open) return
    link.open = false
    if (link.connected) this.#disconnect(link)
    this.#links = this.#links.filter(other => other !== link)
    this.#serve()
  }

  /** The newest link is the consumer: brokers give a queue with an exclusive consumer to one only. */
  #serve(): void {
    // What one who was replaced still holds comes back before its successor is given anything, or it would be late.
    if (this.#ordered)
      for (const link of this.#links) if (link.connected && link.process.replacedAt < Number.POSITIVE_INFINITY) this.#disconnect(link)
    const newest = this.#links.findLast(({ connected }) => connected)
    for (const link of this.#links) {
      if (!link.waiting || link.serving) continue
      if (link.draining) {
        const { resolve } = link.waiting
        link.waiting = undefined
        this.#machine.scheduler.after(0.1, () => link.process.enter(() => resolve(undefined)))
      } else if (link === newest && this.#queue.length > 0) this.#deliver(link)
    }
  }

  #deliver(link: Link): void {
    const unsettled = link.unsettled.reduce((sum, { messages }) => sum + messages.length, 0)
    const most = Math.min(this.#credit - unsettled, this.#random.int(1, this.#longestChunk))
    if (most <= 0) return
    const messages = this.#queue.splice(0, most)
    const receipt = ++link.receipt
    const delivery: Delivery = { receipt, messages, givenAt: Number.POSITIVE_INFINITY }
    link.unsettled.push(delivery)
    link.serving = true
    const { connection } = link
    this.#machine.scheduler.after(this.#random.between(0.1, 4), () => {
      if (link.connection !== connection || link.process.dead) return
      link.process.enter(() => {
        if (link.connection !== connection || !link.waiting) return
        link.serving = false
        delivery.givenAt = this.#machine.scheduler.now
        const { resolve } = link.waiting
        link.waiting = undefined
        this.#machine.trace(`${this.name} gives ${messages.map(({ message }) => message.n)} to p${link.process.number}`)
        resolve(chunkOf(this.#transfers.carry(messages.map(({ message }) => message)), 0, receipt))
      })
    })
  }

  #settle(link: Link, receipt: number): void {
    const machine = this.#machine
    if (link.process.dead) return
    const deliveries = link.unsettled.filter(delivery => delivery.receipt <= receipt)
    const given = deliveries.flatMap(({ messages }) => messages)
    machine.trace(`p${link.process.number} settles ${given.map(({ message }) => message.n)}`)
    if (given.length > 0 && machine.isReplaced(link.process)) {
      machine.violated('I11', `a process that had read that it was replaced settled ${given.map(({ message }) => message.n)}`)
    }
    if (deliveries.some(({ givenAt }) => givenAt > link.process.replacedAt)) {
      machine.violated('I11', `a process settled ${given.map(({ message }) => message.n)}, which it took in after it was replaced`)
    }
    for (const { message } of given) {
      if (!machine.isDurable(message.marker)) machine.violated('I3', `message ${message.n} was settled before it was durable`)
    }
    const { connection } = link
    machine.scheduler.after(this.#random.between(0.1, 4), () => {
      // Lost with the connection: we settled it, and it comes again.
      if (link.connection !== connection) return
      for (const delivery of link.unsettled)
        if (delivery.receipt <= receipt) for (const { message } of delivery.messages) this.settled.add(message.n)
      link.unsettled = link.unsettled.filter(delivery => delivery.receipt > receipt)
      this.#serve()
    })
  }
}
