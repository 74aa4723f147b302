import { encodeMessage } from '../../src/amqp/encode-message.js'
import type { Delivery, Sender } from '../../src/amqp/rhea.js'
import { until } from '../support/until.js'
import { PeerLink } from './peer-link.js'
import type { Reading } from './readings.js'

interface Pending {
  readonly reading: Reading
  readonly sequence: number
}

/** A device that keeps each reading until its peer has accepted it, in order, over lost connections. */
export class Device {
  /** Identities that were accepted. */
  readonly accepted = new Set<string>()
  readonly outcomes = { accepted: 0, rejected: 0, released: 0, modified: 0 }
  /** Readings whose outcome was lost with a connection, and which were sent again. */
  resent = 0
  readonly #link: PeerLink
  #sender: Sender | undefined
  #attached = false
  #waiting: Pending[] = []
  readonly #inFlight = new Map<Delivery, Pending>()
  #unprocessed = 0
  #sequence = 0
  #resting = false

  constructor(url: string, address: string, kind?: 'queue' | 'topic') {
    this.#link = new PeerLink(
      url,
      connection => {
        const target = { address, ...(kind && { capabilities: [kind] }) }
        const sender = connection.open_sender({ target, snd_settle_mode: 0, treat_modified_as_released: false })
        this.#sender = sender
        sender.on('sender_open', () => {
          this.#attached = true
          this.#pump()
        })
        sender.on('sendable', () => this.#pump())
        sender.on('sender_draining', () => sender.set_drained(true))
        for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const)
          sender.on(outcome, context => this.#settled(context.delivery, outcome))
      },
      () => {
        this.#sender = undefined
        this.#attached = false
        this.#unprocessed = 0
        this.resent += this.#inFlight.size
        this.#waiting = [...this.#inFlight.values(), ...this.#waiting].sort((a, b) => a.sequence - b.sequence)
        this.#inFlight.clear()
      },
    )
  }

  /** Credit that the peer gives at this moment. */
  get credit(): number {
    return this.#sender?.credit ?? 0
  }

  get attached(): boolean {
    return this.#attached
  }

  /** Readings that nobody has accepted or rejected. */
  get pending(): number {
    return this.#waiting.length + this.#inFlight.size
  }

  send(readings: readonly Reading[]): void {
    for (const reading of readings) this.#waiting.push({ reading, sequence: this.#sequence++ })
    this.#pump()
  }

  /** Waits until everything that was given to `send` is accepted; fails where nothing more is for so long. */
  async delivered(deadlineMs = 30_000): Promise<void> {
    while (this.pending > 0) {
      const before = this.outcomes.accepted
      await until('everything accepted', () => this.pending === 0 || this.outcomes.accepted > before, deadlineMs)
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #pump(): void {
    const sender = this.#sender
    if (!sender || this.#resting) return
    let sent = 0
    for (let credit = sender.credit - this.#unprocessed; credit > 0 && sent < this.#waiting.length && sender.sendable(); credit--) {
      const pending = this.#waiting[sent++]!
      const { id, body } = pending.reading
      const bytes = encodeMessage({ durable: true, messageId: id, contentType: 'application/json', body: { data: body } })
      this.#inFlight.set(sender.send(bytes, undefined, 0), pending)
    }
    if (sent === 0) return
    this.#waiting.splice(0, sent)
    this.#unprocessed += sent
    // The library lowers its credit when it writes, on the next tick.
    process.nextTick(() => {
      if (this.#sender === sender) this.#unprocessed -= sent
    })
  }

  #settled(delivery: Delivery, outcome: keyof Device['outcomes']): void {
    const pending = this.#inFlight.get(delivery)
    if (!pending) return
    this.#inFlight.delete(delivery)
    this.outcomes[outcome]++
    if (outcome === 'accepted') this.accepted.add(pending.reading.id)
    if (outcome === 'released' || outcome === 'modified') {
      this.#waiting.push(pending)
      this.#waiting.sort((a, b) => a.sequence - b.sequence)
      if (this.#resting) return
      this.#resting = true
      setTimeout(() => {
        this.#resting = false
        this.#pump()
      }, 50)
    } else this.#pump()
  }
}
