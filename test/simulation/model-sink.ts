import type { OutputBatch, Position, SinkWriter } from '../../src/connector/sink.js'
import { valueAt } from '../../src/model/columns.js'
import type { Machine } from './machine.js'
import type { SeededRandom } from './seeded-random.js'
import type { SimProcess } from './sim-process.js'

export type Guarantee = SinkWriter['guarantee']

/** One row as the peer of a sink holds it. */
export interface SunkRow {
  readonly id: string
  readonly position: Position
  readonly row: Readonly<Record<string, unknown>>
}

/**
 * The peer of a sink: takes rows for good (append), once as long as it remembers their ids (idempotent), or together
 * with their position (transactional). Acknowledgements are late or lost, writes fail, connections break.
 */
export class ModelSink {
  readonly name: string
  /** Told of every batch that arrives, a repeated one too. */
  onWritten: (outputs: OutputBatch, position: Position) => void = () => undefined
  readonly guarantee: Guarantee
  readonly rows: SunkRow[] = []
  readonly remembers: number
  /** Probability that a write fails before the commit, or its acknowledgement is lost after it. */
  failures = 0
  away = false
  slow = 1
  readonly #machine: Machine
  readonly #random: SeededRandom
  #held: Position | undefined
  /** Ids in the peer's cache, oldest first. */
  readonly #cache = new Set<string>()
  /** Counts writers: a later one fences the earlier ones of a transactional sink. */
  #generation = 0

  constructor(name: string, guarantee: Guarantee, machine: Machine) {
    this.name = name
    this.guarantee = guarantee
    this.#machine = machine
    this.#random = machine.fork(`sink ${name}`)
    this.remembers = this.#random.int(20, 200)
  }

  connect(process: SimProcess): SinkWriter {
    const generation = ++this.#generation
    let doubtful = false
    let pending = 0
    return {
      guarantee: this.guarantee,
      ...(this.guarantee === 'idempotent' && { remembers: this.remembers }),
      open: () => this.#ask(process, () => (this.guarantee === 'transactional' ? this.#held : undefined)),
      write: async (outputs, position) => {
        if (process.dead) return new Promise(() => undefined)
        if (this.#machine.isReplaced(process)) {
          this.#machine.violated('I11', `a process that had read that it was replaced sent ${outputs.ids} to ${this.name}`)
        }
        pending += outputs.length
        try {
          // A transactional client that does not know whether its last commit came through asks for the position first.
          if (doubtful && this.guarantee === 'transactional') {
            const held = await this.#ask(process, () => this.#held)
            doubtful = false
            if (held && !isAfter(position, held)) return
          }
          doubtful = true
          await this.#ask(process, () => this.#commit(outputs, position, generation, process))
          doubtful = false
        } finally {
          pending -= outputs.length
        }
      },
      status: () => ({ connected: !this.away, detail: 'model', pending }),
      close: async () => undefined,
    }
  }

  /** A request over the network: it may fail before it arrives, and its answer may get lost. */
  #ask<T>(process: SimProcess, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (process.dead) return
      const { scheduler } = this.#machine
      const delay = () => this.#random.between(0.1, 5) * this.slow
      const fail = () => scheduler.after(delay(), () => process.enter(() => reject(new Error('the connection broke'))))
      const lost = this.away || this.#random.chance(this.failures / 2)
      scheduler.after(delay(), () => {
        if (lost || this.away) {
          fail()
          return
        }
        let result: T
        try {
          result = answer()
        } catch (error) {
          scheduler.after(delay(), () => process.enter(() => reject(error)))
          return
        }
        if (this.#random.chance(this.failures / 2)) fail()
        else scheduler.after(delay(), () => process.enter(() => resolve(result)))
      })
    })
  }

  #commit(outputs: OutputBatch, position: Position, generation: number, process: SimProcess): void {
    const { entry, ordinal } = position
    this.#machine.trace(`p${process.number} → ${this.name} ${entry}.${ordinal} ${outputs.ids}`)
    this.onWritten(outputs, position)
    if (this.guarantee === 'transactional') {
      if (generation < this.#generation) throw new Error('fenced: a later writer has the transactional id')
      if (this.#held && !isAfter(position, this.#held)) {
        this.#machine.violated('I2', `${this.name} holds ${this.#held.entry}.${this.#held.ordinal} and was sent ${entry}.${ordinal}`)
      }
      this.#held = position
    }
    for (let i = 0; i < outputs.length; i++) {
      const id = outputs.ids[i]!
      if (this.guarantee === 'idempotent') {
        if (this.#cache.has(id)) continue
        this.#cache.add(id)
        if (this.#cache.size > this.remembers) this.#cache.delete(this.#cache.values().next().value!)
      }
      const row = Object.fromEntries(outputs.schema.map(({ name }) => [name, valueAt(outputs.columns[name]!, i)]))
      this.rows.push({ id, position, row: outputs.removed?.[i] ? { ...row, removed: true } : row })
    }
  }
}

const isAfter = (a: Position, b: Position): boolean => a.entry > b.entry || (a.entry === b.entry && a.ordinal > b.ordinal)
