import type { OutputBatch, Position } from '../../src/connector/sink.js'
import { valueAt } from '../../src/model/columns.js'
import type { Invariant } from './violation.js'

/** What left the job, over all its lives: the same name must always mean the same content. */
export class Observations {
  readonly #violated: (invariant: Invariant, what: string) => void
  /** Numbers of messages that are in a narrow window that has fired, or late. */
  readonly fired = new Set<number>()
  readonly #byId = new Map<string, string>()
  readonly #byPosition = new Map<
    string,
    { readonly position: Position; readonly sink: string; readonly content: string; readonly watermark: number }
  >()

  constructor(violated: (invariant: Invariant, what: string) => void) {
    this.#violated = violated
  }

  /** An output as it leaves the graph for the outbox. Provisional rows share the id of the final one. */
  output(outputs: OutputBatch): void {
    const final = outputs.columns['final']
    for (let i = 0; i < outputs.length; i++) {
      if (final && valueAt(final, i) === false) continue
      if (outputs.sink === 'exact') for (const n of valueAt(outputs.columns['ids']!, i) as number[]) this.fired.add(n)
      if (outputs.sink === 'late') this.fired.add(valueAt(outputs.columns['n']!, i) as number)
      const name = `${outputs.sink} ${outputs.ids[i]}`
      const content = rowText(outputs, i)
      const before = this.#byId.get(name)
      if (before === undefined) this.#byId.set(name, content)
      else if (before !== content) this.#violated('I5', `result ${name} was ${before} and is ${content}`)
    }
  }

  /** A batch as it reaches the peer of a sink. */
  written(outputs: OutputBatch, position: Position): void {
    this.output(outputs)
    const name = `${outputs.sink} ${position.entry}.${position.ordinal}`
    const content = JSON.stringify([outputs.ids, outputs.wall, outputs.watermark])
    const before = this.#byPosition.get(name)
    if (before === undefined) this.#byPosition.set(name, { position, sink: outputs.sink, content, watermark: outputs.watermark })
    else if (before.content !== content) this.#violated('I5', `output ${name} was ${before.content} and is ${content}`)
  }

  /** Watermarks in the order of positions. */
  judge(): void {
    const ordered = [...this.#byPosition.values()].sort(
      (a, b) => a.position.entry - b.position.entry || a.position.ordinal - b.position.ordinal,
    )
    const last = new Map<string, number>()
    for (const { sink, position, watermark } of ordered) {
      const before = last.get(sink) ?? Number.NEGATIVE_INFINITY
      if (watermark < before)
        this.#violated('I6', `the watermark of ${sink} fell from ${before} to ${watermark} at ${position.entry}.${position.ordinal}`)
      last.set(sink, Math.max(before, watermark))
    }
  }
}

function rowText(outputs: OutputBatch, i: number): string {
  const row = outputs.schema.map(({ name }) => valueAt(outputs.columns[name]!, i))
  return JSON.stringify([...row, outputs.removed?.[i] === 1])
}
