import type { Batch } from '../model/batch.js'
import type { NumberColumn } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Emit, Logic, LogicContext } from './logic.js'

export interface EventTimeParams {
  /** Ms. */
  readonly outOfOrderness: number
  /** Ms ahead of the clock from which a time is not believed. */
  readonly maxFutureSkew: number
  readonly skewed: 'dead-letter' | 'process' | 'clamp'
  /** Let windows of a quiet source close by the clock. */
  readonly closeWhenQuiet: boolean
  readonly time: (batch: Batch) => NumberColumn
  readonly field: string
}

interface OriginState {
  /** Highest believed event time; −Infinity before the first. */
  max: number
  /** The partition's clock when `max` came; before the first, when the partition was named. */
  maxAt: number
  /** The partition's clock at the last batch. */
  now: number
  watermark: number
}

/**
 * Event times and watermarks, by rules of Flink (bounded out-of-orderness) and Bytewax (closing by the clock):
 * watermark = highest event time − out-of-orderness − 1 + clock time since that highest, per source partition. A batch
 * is split before a row at or below the running watermark if the watermark has risen since the part began; so lateness
 * is judged per row and results never depend on how batches are cut.
 */
export class EventTimeLogic implements Logic {
  readonly #params: EventTimeParams
  readonly #context: LogicContext
  readonly #origins = new Map<number, OriginState>()
  #frozen = false

  constructor(params: EventTimeParams, context: LogicContext) {
    this.#params = params
    this.#context = context
  }

  onBatch(batch: Batch, emit: Emit): void {
    const clock = batch.clock
    this.#frozen = clock.frozen
    let state = this.#origins.get(batch.origin)
    if (!state) {
      state = { max: Number.NEGATIVE_INFINITY, maxAt: clock.partition, now: clock.partition, watermark: Number.NEGATIVE_INFINITY }
      this.#origins.set(batch.origin, state)
    }
    state.now = clock.partition
    const quiet = this.#quietWatermark(state)
    if (quiet > state.watermark) {
      state.watermark = quiet
      if (batch.length > 0) emit(batch.empty().with({ watermark: quiet }))
    }
    // Time first, then rows: a row that ends a silence must not undo what the clock had said before it.
    if (batch.length > 0 && this.#silent(state)) emit(batch.empty().with({ watermark: state.watermark, idle: true }))
    const timed = batch.length > 0 ? this.#timed(batch) : batch
    const last = timed.length > 0 ? this.#split(timed, state, emit) : timed.empty()
    if (batch.watermark === Number.POSITIVE_INFINITY) state.watermark = Number.POSITIVE_INFINITY
    emit(last.with({ watermark: state.watermark, idle: this.#silent(state) }))
  }

  /** A partition that never spoke has no time to go on from: after the wait it holds nobody back. */
  #silent(state: OriginState): boolean {
    return this.#waits(state) && state.now - state.maxAt > this.#params.outOfOrderness
  }

  #waits(state: OriginState): boolean {
    return !this.#frozen && this.#params.closeWhenQuiet && state.max === Number.NEGATIVE_INFINITY
  }

  /** Emits all parts but the last, which it returns. */
  #split(batch: Batch, state: OriginState, emit: Emit): Batch {
    const { times, length } = batch
    const delay = this.#params.outOfOrderness + 1
    const bound = this.#skewBound(batch)
    let began = state.watermark
    let running = state.watermark
    let from = 0
    for (let i = 0; i < length; i++) {
      const time = times[i]!
      if (time <= running && running > began) {
        emit(batch.slice(from, i).with({ watermark: running }))
        from = i
        began = running
      }
      if (time > state.max && time <= bound) {
        state.max = time
        state.maxAt = state.now
        if (time - delay > running) running = time - delay
      }
    }
    state.watermark = running
    return from === 0 ? batch : batch.slice(from, length)
  }

  /** The batch with its event times, without rows that have none or an unbelievable one. */
  #timed(batch: Batch): Batch {
    const { field, skewed } = this.#params
    const column = this.#params.time(batch)
    const bound = this.#skewBound(batch)
    const kept = new Int32Array(batch.length)
    let count = 0
    let clamped: Float64Array | undefined
    for (let i = 0; i < batch.length; i++) {
      const time = column.values[i]!
      if (column.nulls?.[i]) {
        this.#context.reject(batch, i, 'MR156', `\`${field}\` is null: the row has no event time`)
        continue
      }
      if (time > bound) {
        this.#context.count('skewed', 1)
        if (skewed === 'dead-letter') {
          this.#context.reject(batch, i, 'MR157', `\`${field}\` is ${roughly(time - batch.clock.wall)} ahead of the job's clock`)
          continue
        }
        if (skewed === 'clamp') {
          clamped ??= column.values.slice(0, batch.length)
          clamped[i] = batch.clock.wall
        }
      }
      kept[count++] = i
    }
    const times = clamped ?? column.values.subarray(0, batch.length)
    const timed = batch.with({ times })
    return count === batch.length ? timed : timed.take(kept, count)
  }

  #skewBound(batch: Batch): number {
    return batch.clock.frozen ? Number.POSITIVE_INFINITY : batch.clock.wall + this.#params.maxFutureSkew
  }

  #quietWatermark(state: OriginState): number {
    if (this.#frozen || !this.#params.closeWhenQuiet) return Number.NEGATIVE_INFINITY
    return state.max - this.#params.outOfOrderness - 1 + (state.now - state.maxAt)
  }

  deadline(pending: number): number {
    if (this.#frozen || !this.#params.closeWhenQuiet || pending === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
    let least = Number.POSITIVE_INFINITY
    for (const state of this.#origins.values()) {
      const missing = this.#waits(state)
        ? this.#params.outOfOrderness + 1 - (state.now - state.maxAt)
        : pending - Math.max(this.#quietWatermark(state), state.watermark)
      if (missing > 0 && missing < least) least = missing
    }
    return least
  }

  forget(origins: readonly number[]): void {
    for (const origin of origins) this.#origins.delete(origin)
  }

  snapshot(): State {
    return { frozen: this.#frozen, origins: [...this.#origins].map(([origin, state]) => ({ origin, ...state })) }
  }

  restore(state: State): void {
    const { frozen, origins } = state as unknown as { frozen: boolean; origins: ({ origin: number } & OriginState)[] }
    this.#frozen = frozen
    this.#origins.clear()
    for (const { origin, ...rest } of origins) this.#origins.set(origin, rest)
  }
}

/** A span as people say it: `26 h`, `7 min`, `40 s`. */
function roughly(ms: number): string {
  const units = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const
  for (const [unit, name] of units) if (ms >= 2 * unit) return `${Math.round(ms / unit)} ${name}`
  return `${Math.round(ms / 1_000)} s`
}
