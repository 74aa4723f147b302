import type { Alert } from '../model/alert.js'
import type { LiveRow, ViewColumn } from '../model/api.js'
import type { View } from '../views/view.js'
import { type AlertRule, ruleId } from './alert-rule.js'

/** Ms between rows without windows, for rules without a limit. */
const unwindowedEvery = 60_000

type KeyValue = Alert['key'][string]

/** A rule with the places of what it reads in a row. */
interface PlacedRule {
  readonly rule: AlertRule
  /** The same for the same job and rule. */
  readonly id: string
  readonly column: number
  readonly keys: readonly { readonly name: string; readonly place: number }[]
}

/** A value that a rule reads: NaN where the row has none, or is withdrawn. */
export interface Reading {
  readonly rule: AlertRule
  /** The same for the same job, rule and key; never confuses `1` and `"1"`. */
  readonly name: string
  readonly keyOf: () => Alert['key']
  readonly time: number
  readonly value: number
  readonly final: boolean
}

/** Reads what the rules of a view ask of its rows: those it has, then each change. */
export class FollowedView {
  readonly view: View
  readonly rules: readonly AlertRule[]
  /** Ms between two windows. */
  readonly every: number
  /** How far the job's results have come, in event time. */
  now = Number.NEGATIVE_INFINITY
  readonly #columns: readonly ViewColumn[]
  readonly #placed: readonly PlacedRule[]
  readonly #time: number
  readonly #final: number
  #unsubscribe = (): void => {}

  /** @param rules those whose view and columns are there; others are passed over */
  constructor(view: View, rules: readonly AlertRule[]) {
    const { columns, windowed, window } = view.info()
    this.view = view
    this.rules = rules
    this.every = window?.every ?? unwindowedEvery
    this.#columns = columns
    this.#final = windowed ? this.#place('final') : -1
    // Rows without windows stand at their own time where they tell it, as on the page; else where they came.
    this.#time = windowed ? this.#place('window_end') : columns.findIndex(column => column.type === 'timestamp' && !column.key)
    this.#placed = rules.flatMap(rule => this.#placedRule(rule) ?? [])
  }

  unit(column: string): string | undefined {
    return this.#columns[this.#place(column)]?.unit
  }

  /** The readings of the rows that the view has. */
  rows(): readonly Reading[] {
    // A saved row has its key and its place in time behind its values.
    return this.view.snapshot().flatMap(row => this.#readings(row, Number(row[this.#columns.length + 1]), false))
  }

  /** Gives the readings of each change, one change at a time, synchronously. */
  follow(take: (readings: readonly Reading[]) => void): void {
    this.#unsubscribe = this.view.subscribe(({ rows, removed, times, removedTimes }) => {
      const withdrawn = removed.flatMap((row, i) => this.#readings(row, removedTimes?.[i], true))
      take([...withdrawn, ...rows.flatMap((row, i) => this.#readings(row, times?.[i], false))])
    })
  }

  close(): void {
    this.#unsubscribe()
  }

  #place(name: string): number {
    return this.#columns.findIndex(column => column.name === name)
  }

  #placedRule(rule: AlertRule): PlacedRule | undefined {
    const column = this.#columns.findIndex(({ name, type }) => name === rule.column && (type === 'number' || type === 'integer'))
    if (column < 0 || (rule.by !== undefined && this.#place(rule.by) < 0)) return undefined
    const keys = this.#columns.flatMap(({ name, key }, place) => {
      const tellsApart = key ? name !== 'window_start' && name !== 'window_end' : name === rule.by
      return tellsApart ? [{ name, place }] : []
    })
    return { rule, id: JSON.stringify([this.view.job, ruleId(rule)]), column, keys }
  }

  #readings(row: LiveRow, arrival: number | undefined, isWithdrawn: boolean): readonly Reading[] {
    const own = row[this.#time]
    const time = typeof own === 'number' ? own : arrival
    if (time === undefined || !Number.isFinite(time)) return []
    const final = row[this.#final] !== false
    return this.#placed.map(({ rule, id, column, keys }) => {
      const value = row[column]
      return {
        rule,
        name: id + JSON.stringify(keys.map(({ place }) => row[place])),
        keyOf: () => Object.fromEntries(keys.map(({ name, place }) => [name, keyValue(row[place])])),
        time,
        value: typeof value === 'number' && Number.isFinite(value) && !isWithdrawn ? value : Number.NaN,
        final,
      }
    })
  }
}

const keyValue = (value: LiveRow[number] | undefined): KeyValue =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? value
    : value == null
      ? null
      : JSON.stringify(value)
