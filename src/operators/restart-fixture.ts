import type { Batch } from '../model/batch.js'
import { valueAt } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Logic, LogicContext } from './logic.js'

/** All that a logic said of one batch, and all that it would answer before and after it. */
export interface Spoken {
  readonly said: readonly unknown[]
  readonly before: Answers
  readonly after: Answers
}

interface Answers {
  readonly deadlines: readonly (number | undefined)[]
  readonly pending: number | undefined
  readonly keys: number | undefined
}

/** A state as it was saved, and a clone made at that moment: they must still be equal when all is over. */
export interface Saved {
  readonly state: State
  readonly then: State
}

const told = (port: string, batch: Batch) => ({
  port,
  origin: batch.origin,
  watermark: batch.watermark,
  idle: batch.idle,
  clock: batch.clock,
  times: [...batch.times.subarray(0, batch.length)],
  columns: Object.entries(batch.columns).map(([name, column]) => [
    name,
    Array.from({ length: batch.length }, (_, i) => valueAt(column, i)),
  ]),
  removed: batch.removed ? [...batch.removed.subarray(0, batch.length)] : undefined,
})

const answers = (logic: Logic): Answers => ({
  deadlines: [0, 20, 1_000, Number.POSITIVE_INFINITY].map(pending => logic.deadline?.(pending)),
  pending: logic.pending?.(),
  keys: logic.keys?.(),
})

/** Runs batches through a logic that is saved and restored, as another object, before each batch whose number is given. */
export function runWithRestarts(make: (context: LogicContext) => Logic, batches: readonly Batch[], restarts: ReadonlySet<number>) {
  let said: unknown[] = []
  const context: LogicContext = {
    origin: -7,
    emitTo: (port, batch) => said.push(told(port, batch)),
    late: (batch, missed) => said.push(told('late', batch), [...batch.times.subarray(0, batch.length)].map(missed)),
    reject: (batch, row, code, reason) => said.push({ rejected: batch.row(row), code, reason }),
    count: (counter, by) => said.push({ counter, by }),
  }
  const saved: Saved[] = []
  const spoken: Spoken[] = []
  let logic = make(context)
  for (const [number, batch] of batches.entries()) {
    if (restarts.has(number)) {
      const state = logic.snapshot!()
      saved.push({ state, then: structuredClone(state) })
      const earlier = logic
      logic = make(context)
      // The clone lives elsewhere in memory, as what is read from a disk does.
      logic.restore!(structuredClone(state))
      // It goes on as if nothing had been taken; what is saved must not notice.
      earlier.onBatch(batch, () => {})
      said = []
    }
    const before = answers(logic)
    logic.onBatch(batch, out => said.push(told('', out)))
    spoken.push({ said, before, after: answers(logic) })
    said = []
  }
  return { spoken, saved, last: logic.snapshot!() }
}
