import type { Receiver } from '../../src/amqp/rhea.js'
import { takeTransfers } from '../../src/amqp/take-transfers.js'
import { abortedFrom, type Message, message } from './message.js'
import type { SeededRandom } from './seeded-random.js'

/** How the product makes messages of a receiver's transfers. */
export type TakeTransfers = typeof takeTransfers

interface Frame {
  readonly performative: {
    readonly handle: 0
    readonly delivery_id: number
    readonly settled: false
    readonly more: boolean
    readonly aborted: boolean
  }
  readonly payload?: Buffer
}

/**
 * The frames that carry messages over a link: cut anywhere, and between them deliveries that their sender gives up. The
 * product's own code makes messages of them.
 */
export class ModelTransfers {
  readonly #random: SeededRandom
  readonly #session = { on_transfer: (_frame: Frame): void => undefined, incoming: { next_transfer_id: 0 } }
  readonly #taken: { readonly bytes: Uint8Array }[] = []
  #delivery = 0
  #aborted = 0

  constructor(random: SeededRandom, take: TakeTransfers = takeTransfers) {
    this.#random = random
    const receiver = { session: this.#session, connection: { _register: () => undefined }, credit: 0, delivery_count: 0 }
    take(receiver as unknown as Receiver, 2 ** 20, {
      message: bytes => void this.#taken.push({ bytes: bytes.slice() }),
      tooLarge: () => undefined,
    })
  }

  /** What the receiver makes of these messages and of what came between them. */
  carry(messages: readonly Message[]): readonly { readonly bytes: Uint8Array }[] {
    for (const message of messages) {
      if (this.#random.chance(0.08)) this.#abort(message)
      this.#send(message.bytes, false)
    }
    return this.#taken.splice(0)
  }

  /** A producer begins a message, all of it perhaps, and takes it back. */
  #abort({ key, value, at }: Message): void {
    const n = abortedFrom + this.#aborted++
    const { bytes } = message({ n, id: `aborted-${n}`, kind: 'good', key, value, at })
    this.#send(bytes.subarray(0, this.#random.chance(0.5) ? bytes.length : this.#random.int(bytes.length >> 1, bytes.length)), true)
  }

  #send(bytes: Uint8Array, aborted: boolean): void {
    const delivery = this.#delivery++
    const pieces = aborted ? this.#random.int(1, 3) : this.#random.pick([1, 1, 2, 3])
    const ends = Array.from({ length: pieces - 1 }, () => this.#random.int(0, bytes.length)).sort((a, b) => a - b)
    let from = 0
    for (const [i, to] of [...ends, bytes.length].entries()) {
      this.#frame(delivery, Buffer.from(bytes.subarray(from, to)), aborted || i < pieces - 1, false)
      from = to
    }
    // What the last frame carries counts for nothing.
    if (aborted) this.#frame(delivery, this.#random.chance(0.5) ? Buffer.from('}') : undefined, false, true)
  }

  #frame(delivery: number, payload: Buffer | undefined, more: boolean, aborted: boolean): void {
    const performative = { handle: 0, delivery_id: delivery, settled: false, more, aborted } as const
    this.#session.on_transfer(payload ? { performative, payload } : { performative })
  }
}
