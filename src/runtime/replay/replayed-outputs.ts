import type { HeldPosition, OutputBatch } from '../../connector/sink.js'
import { placed, type StoredOutput } from '../flow/outbox.js'
import { outputRows } from '../flow/output-rows.js'
import { rowsHeld } from '../flow/rows-held.js'

/** Outputs that a replay gives again, without those that notes in the journal say their sinks hold. */
export class ReplayedOutputs {
  readonly #waiting = new Map<string, StoredOutput[]>()
  readonly #onAcknowledged: (outputs: OutputBatch) => void

  /** `onAcknowledged` sees what is left out: the sink holds it. */
  constructor(onAcknowledged: (outputs: OutputBatch) => void) {
    this.#onAcknowledged = onAcknowledged
  }

  /** What waited when the snapshot was taken. */
  restore(stored: readonly StoredOutput[]): void {
    for (const output of stored) this.#add(output)
  }

  add(entry: number, outputs: readonly OutputBatch[]): void {
    for (const output of placed(entry, outputs)) this.#add(output)
  }

  #add(output: StoredOutput): void {
    const { sink } = output.outputs
    const list = this.#waiting.get(sink)
    if (list) list.push(output)
    else this.#waiting.set(sink, [output])
  }

  /** The sink holds all up to this position. Of an output that it holds in part, as an earlier release cut entries otherwise, the rest is left. */
  acknowledged(sink: string, position: HeldPosition): void {
    const list = this.#waiting.get(sink) ?? []
    let whole = 0
    for (const { entry, ordinal, outputs } of list) {
      const rows = rowsHeld({ entry, ordinal }, outputs.length, position)
      if (rows < outputs.length) {
        if (rows > 0) {
          this.#onAcknowledged(outputRows(outputs, 0, rows))
          list[whole] = { entry, ordinal: ordinal + rows, outputs: outputRows(outputs, rows, outputs.length) }
        }
        break
      }
      this.#onAcknowledged(outputs)
      whole++
    }
    list.splice(0, whole)
  }

  /** Forgets rows of sinks that are gone; whoever edited the job asked for it. */
  keep(sinks: readonly string[]): void {
    for (const sink of this.#waiting.keys()) if (!sinks.includes(sink)) this.#waiting.delete(sink)
  }

  /** What is left, by sink in order. */
  rest(): readonly StoredOutput[] {
    return [...this.#waiting.values()].flat()
  }
}
