import type { OutputBatch } from '../../connector/sink.js'
import { type Columns, valueAt } from '../../model/columns.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Json } from '../../model/json.js'
import { canonicalJson } from '../../plan/canonical-json.js'

/** Results that wait for their counterpart, at most. */
const mostWaiting = 1_000_000

/** A result that differs; `result` is its view or sink, the row has its own fields. */
export interface ReplayDifference {
  readonly kind: 'changed' | 'only-before' | 'only-now'
  readonly result: string
  readonly id: string
  readonly before?: Readonly<Record<string, Json>>
  readonly now?: Readonly<Record<string, Json>>
}

export interface ReplayComparison {
  readonly same: number
  readonly changed: number
  readonly onlyBefore: number
  readonly onlyNow: number
  /** The first of them, those that changed in order of their results, then those without counterpart. */
  readonly differences: readonly ReplayDifference[]
}

/** A result waits for its counterpart as text; equal rows have equal texts. */
type Waiting = Map<string, string[]>

/**
 * Matches the results of two texts of a job by result and id. Of an id that comes again (a provisional row), the first
 * of the one is matched with the first of the other, the second with the second.
 */
export class ReplayComparer {
  readonly #shown: number
  readonly #before: Waiting = new Map()
  readonly #now: Waiting = new Map()
  readonly #differences: ReplayDifference[] = []
  #waiting = 0
  #same = 0
  #changed = 0

  /** `shown`: differences that are kept; all are counted. */
  constructor(shown: number) {
    this.#shown = shown
  }

  before(output: OutputBatch): void {
    this.#take(output, this.#before, this.#now)
  }

  now(output: OutputBatch): void {
    this.#take(output, this.#now, this.#before)
  }

  #take(output: OutputBatch, own: Waiting, other: Waiting): void {
    for (let i = 0; i < output.length; i++) {
      const key = `${output.sink} ${output.ids[i]!}`
      const text = canonicalJson(rowOf(output, i))
      const counterpart = shift(other, key)
      if (counterpart === undefined) this.#wait(own, key, text)
      else if (own === this.#now) this.#match(key, counterpart, text)
      else this.#match(key, text, counterpart)
    }
  }

  #wait(own: Waiting, key: string, text: string): void {
    if (++this.#waiting > mostWaiting) throw new MillraceError('MR464', `${mostWaiting} results have no counterpart so far`)
    const texts = own.get(key)
    if (texts) texts.push(text)
    else own.set(key, [text])
  }

  #match(key: string, before: string, now: string): void {
    this.#waiting--
    if (before === now) {
      this.#same++
      return
    }
    this.#changed++
    this.#keep({ kind: 'changed', ...named(key), before: parsed(before), now: parsed(now) })
  }

  #keep(difference: ReplayDifference): void {
    if (this.#differences.length < this.#shown) this.#differences.push(difference)
  }

  /** The verdict; what waits now has no counterpart. */
  end(): ReplayComparison {
    let onlyBefore = 0
    let onlyNow = 0
    for (const [key, texts] of this.#before) {
      onlyBefore += texts.length
      for (const text of texts) this.#keep({ kind: 'only-before', ...named(key), before: parsed(text) })
    }
    for (const [key, texts] of this.#now) {
      onlyNow += texts.length
      for (const text of texts) this.#keep({ kind: 'only-now', ...named(key), now: parsed(text) })
    }
    return { same: this.#same, changed: this.#changed, onlyBefore, onlyNow, differences: this.#differences }
  }
}

function shift(waiting: Waiting, key: string): string | undefined {
  const texts = waiting.get(key)
  if (texts === undefined) return undefined
  const first = texts.shift()
  if (texts.length === 0) waiting.delete(key)
  return first
}

/** Ids of sinks hold no blank. */
const named = (key: string): { readonly result: string; readonly id: string } => {
  const at = key.indexOf(' ')
  return { result: key.slice(0, at), id: key.slice(at + 1) }
}

const parsed = (text: string): Readonly<Record<string, Json>> => JSON.parse(text) as Readonly<Record<string, Json>>

/** What a sink is given: the row's own fields, the values of the sink's expressions, whether it is withdrawn. */
function rowOf({ schema, columns, computed, removed }: OutputBatch, i: number): Readonly<Record<string, Json>> {
  const row: Record<string, Json> = {}
  for (const { name, type } of schema) row[name] = cell(columns, name, i, type === 'timestamp')
  for (const name of Object.keys(computed)) row[`→${name}`] = cell(computed, name, i, false)
  if (removed?.[i]) row['removed'] = true
  return row
}

function cell(columns: Columns, name: string, i: number, time: boolean): Json {
  const value: unknown = valueAt(columns[name]!, i)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (time && typeof value === 'number' && Math.abs(value) <= 8.64e15) return new Date(value).toISOString()
  return (value ?? null) as Json
}
