import type { SourceLog, SourceReader } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import type { Machine } from './machine.js'
import { chunkOf, type Message } from './message.js'
import type { SeededRandom } from './seeded-random.js'
import type { SimProcess } from './sim-process.js'

interface Reading {
  readonly process: SimProcess
  open: boolean
  draining: boolean
  connected: boolean
  position: number
  receipt: number
  connection: number
  /** Where the chunk of each receipt ends. */
  readonly ends: Map<number, number>
  waiting: ((chunk: Chunk | undefined) => void) | undefined
  serving: boolean
}

const utf8 = new TextEncoder()

/** A source that keeps its past, as Kafka does: read from the committed offset on, and again by reference. */
export class ModelLog {
  readonly name: string
  readonly #machine: Machine
  readonly #random: SeededRandom
  readonly #messages: Message[] = []
  #committed = 0
  #readings: Reading[] = []

  constructor(name: string, machine: Machine) {
    this.name = name
    this.#machine = machine
    this.#random = machine.fork(`log ${name}`)
  }

  /** Messages that are not committed. */
  get size(): number {
    return this.#messages.length - this.#committed
  }

  take(message: Message): void {
    this.#messages.push(message)
    this.#serve()
  }

  connect(process: SimProcess): SourceReader {
    const reading: Reading = {
      process,
      open: true,
      draining: false,
      connected: true,
      position: this.#committed,
      receipt: 0,
      connection: 0,
      ends: new Map(),
      waiting: undefined,
      serving: false,
    }
    this.#readings.push(reading)
    process.onDeath(() => this.#drop(reading))
    return {
      next: () =>
        new Promise(resolve => {
          if (process.dead) return
          reading.waiting = resolve
          this.#serve()
        }),
      settle: receipt => this.#settle(reading, receipt),
      status: () => ({
        connected: reading.connected,
        live: reading.connected && reading.position === this.#messages.length && !reading.serving,
        detail: 'reads',
      }),
      close: async how => {
        if (process.dead) return
        if (how === 'release') return this.#drop(reading)
        reading.draining = true
        this.#serve()
      },
    }
  }

  openLog(process: SimProcess): SourceLog {
    return {
      read: (partition, reference) =>
        new Promise((resolve, reject) => {
          const [, from, to] = /^offsets:(\d+)-(\d+);$/.exec(reference) ?? []
          this.#machine.scheduler.after(this.#random.between(0.1, 3), () =>
            process.enter(() => {
              if (from === undefined || Number(to) > this.#messages.length) reject(new Error(`no such offsets: ${reference}`))
              else resolve(chunkOf(this.#messages.slice(Number(from), Number(to)), partition, 0, reference))
            }),
          )
        }),
      close: async () => undefined,
    }
  }

  /** Readers go on where they were when the connection is back. */
  cut(awayMs: number): void {
    for (const reading of this.#readings) {
      if (!reading.connected) continue
      reading.connected = false
      reading.connection++
      reading.serving = false
      this.#machine.scheduler.after(awayMs, () => {
        reading.connected = true
        this.#serve()
      })
    }
  }

  #drop(reading: Reading): void {
    reading.open = false
    this.#readings = this.#readings.filter(other => other !== reading)
  }

  #serve(): void {
    for (const reading of this.#readings) {
      if (!reading.waiting || reading.serving) continue
      if (reading.draining) {
        const resolve = reading.waiting
        reading.waiting = undefined
        this.#machine.scheduler.after(0.1, () => reading.process.enter(() => resolve(undefined)))
      } else if (reading.connected && reading.position < this.#messages.length) this.#give(reading)
    }
  }

  #give(reading: Reading): void {
    reading.serving = true
    const { connection } = reading
    this.#machine.scheduler.after(this.#random.between(0.1, 4), () =>
      reading.process.enter(() => {
        if (reading.connection !== connection || !reading.waiting) return
        reading.serving = false
        const from = reading.position
        const to = Math.min(this.#messages.length, from + this.#random.int(1, 12))
        reading.position = to
        const receipt = ++reading.receipt
        reading.ends.set(receipt, to)
        const resolve = reading.waiting
        reading.waiting = undefined
        this.#machine.trace(`${this.name} gives offsets ${from}-${to} to p${reading.process.number}`)
        resolve(chunkOf(this.#messages.slice(from, to), 0, receipt, `offsets:${from}-${to};`))
      }),
    )
  }

  #settle(reading: Reading, receipt: number): void {
    const machine = this.#machine
    if (reading.process.dead) return
    if (machine.isReplaced(reading.process)) machine.violated('I11', 'a process that had read that it was replaced committed offsets')
    const end = reading.ends.get(receipt) ?? 0
    if (!machine.isDurable(utf8.encode(`-${end};`))) machine.violated('I3', `offset ${end} was committed before it was durable`)
    machine.scheduler.after(this.#random.between(0.1, 4), () => {
      this.#committed = Math.max(this.#committed, end)
    })
  }
}
