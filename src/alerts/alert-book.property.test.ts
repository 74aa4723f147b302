import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert } from '../model/alert.js'
import { AlertBook } from './alert-book.js'
import type { AlertRule } from './alert-rule.js'
import { minuteMs, openClimate, outputs, type Row, start } from './alerts-fixture.js'

interface Held {
  readonly minute: number
  readonly mean: number
  readonly final: boolean
}

type Told = Pick<Alert, 'state' | 'since' | 'value' | 'worst'> & { readonly until?: number }

const at = (minute: number): number => start + minute * minuteMs

/**
 * What a key's alert must be, from the rows that the view holds in the end, by splitting them: at final rows within the
 * limit, and for rules without a limit at gaps. Says it otherwise than the code under test, which goes row by row.
 */
function oracle(held: readonly Held[], rule: AlertRule, now: number): Told | undefined {
  const rows = [...held].sort((a, b) => a.minute - b.minute)
  const isLimited = rule.above !== undefined || rule.below !== undefined
  const beyond = ({ mean }: Held): boolean =>
    !isLimited || (rule.above !== undefined && mean > rule.above) || (rule.below !== undefined && mean < rule.below)
  const distance = (mean: number): number =>
    Math.max(rule.above === undefined ? -Infinity : mean - rule.above, rule.below === undefined ? -Infinity : rule.below - mean)
  const worst = (values: readonly number[]): number =>
    isLimited ? values.reduce((a, b) => (distance(b) > distance(a) ? b : a)) : Math.max(...values)
  const stretches: { readonly rows: readonly Held[]; readonly end?: { readonly minute: number; readonly mean: number } }[] = []
  let piece: Held[] = []
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1]
    if (!isLimited && before && row.minute - before.minute > 1) {
      stretches.push({ rows: piece, end: before })
      piece = []
    }
    if (!beyond(row) && row.final) {
      stretches.push({ rows: piece, end: row })
      piece = []
    } else piece.push(row)
  }
  const last = rows.at(-1)
  const isOver = !isLimited && last !== undefined && now >= at(last.minute + 2)
  stretches.push(isOver ? { rows: piece, end: last } : { rows: piece })
  const told = stretches.flatMap((stretch): readonly Told[] => {
    const out = stretch.rows.filter(beyond)
    if (out.length === 0) return []
    const since = at(out[0]!.minute)
    const fired = out.some(row => row.final && at(row.minute) - since >= rule.forMs)
    const reached = worst(out.map(row => row.mean))
    if (!stretch.end) return [{ state: fired ? 'firing' : 'pending', since, value: last!.mean, worst: reached }]
    return fired ? [{ state: 'resolved', since, until: at(stretch.end.minute), value: stretch.end.mean, worst: reached }] : []
  })
  return told.at(-1)
}

/** What a view holds after these rows: a newer row of a window replaces, a final one only a revision as high. */
function held(rows: readonly Row[], room: string): readonly Held[] {
  const windows = new Map<number, Row>()
  for (const row of rows) {
    if (row.room !== room) continue
    const old = windows.get(row.minute)
    if (row.removed) windows.delete(row.minute)
    else if (!(old && old.final !== false && (row.final === false || (row.revision ?? 0) < (old.revision ?? 0))))
      windows.set(row.minute, row)
  }
  return [...windows.values()].flatMap(({ minute, mean, final }) => (mean === null ? [] : [{ minute, mean, final: final !== false }]))
}

const row = fc.record({
  room: fc.constantFrom('a', '<script>'),
  mean: fc.option(fc.integer({ min: 24, max: 32 }), { freq: 8 }),
  minute: fc.integer({ min: 1, max: 12 }),
  final: fc.boolean(),
  revision: fc.integer({ min: 0, max: 2 }),
  removed: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})
const limits = fc.constantFrom<Partial<AlertRule>>({ above: 28 }, { below: 27 }, { above: 30, below: 26 }, {})
const rules = fc
  .tuple(limits, fc.constantFrom(0, minuteMs, 3 * minuteMs))
  .map(([limit, forMs]): AlertRule => ({ view: 'climate', column: 'mean', forMs, level: 'warning', ...limit }))

describe('alerts', () => {
  it('follow from the rows that a view holds, however they came and were cut', () => {
    const seen = { firing: 0, pending: 0, resolved: 0 }
    fc.assert(
      fc.property(
        fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 12 }),
        rules,
        fc.nat(12),
        fc.nat(14),
        (batches, rule, late, reached) => {
          const view = openClimate()
          const book = new AlertBook()
          // Following begins before the first row, in between, or after the last: it makes no difference.
          for (const [i, batch] of batches.entries()) {
            if (i === late) book.follow('rooms', [view], [rule])
            view.apply(outputs(batch))
          }
          book.follow('rooms', [view], [rule], at(reached))
          for (const room of ['a', '<script>']) {
            const rows = held(batches.flat(), room)
            const now = Math.max(at(reached), ...rows.map(({ minute }) => at(minute)))
            const expected = oracle(rows, rule, now)
            const alert = book.alerts().find(({ key }) => key['room'] === room)
            expect(alert && told(alert)).toEqual(expected)
            if (alert) seen[alert.state]++
          }
          book.close()
        },
      ),
      { numRuns: 3_000, seed: 534 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
  })
})

const told = ({ state, since, until, value, worst }: Alert): Told => ({ state, since, ...(until !== undefined && { until }), value, worst })
