import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OutputBatch } from '../connector/sink.js'
import type { LiveRow } from '../model/api.js'
import type { ColumnInfo } from '../model/value-type.js'
import { LiveView, type LiveViewOptions } from './live-view.js'
import type { ViewChange } from './view.js'

const schema: readonly ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: false },
  { name: 'mean', type: 'number', nullable: true, unit: '°C' },
  { name: 'window_start', type: 'timestamp', nullable: false },
  { name: 'window_end', type: 'timestamp', nullable: false },
  { name: 'final', type: 'boolean', nullable: false },
  { name: 'revision', type: 'integer', nullable: false },
]

interface Step {
  readonly room: string
  /** Window end in ms. */
  readonly end: number
  readonly mean: number | null
  readonly final: boolean
  readonly revision: number
  readonly removed: boolean
}

const row = (step: Partial<Step> & { room: string; end: number }): Step => ({ mean: 1, final: true, revision: 0, removed: false, ...step })
const keyOf = (step: Step): string => `${step.room}/${step.end}`
const valuesOf = (step: Step): LiveRow => [step.room, step.mean, step.end - 10, step.end, step.final, step.revision]

function outputs(steps: readonly Step[], watermark = Number.NEGATIVE_INFINITY, wall = 0): OutputBatch {
  const numbers = (values: number[]) => ({ type: 'number' as const, values: Float64Array.from(values), nulls: undefined })
  const keys = steps.map(keyOf)
  return {
    sink: 'v',
    length: steps.length,
    schema,
    columns: {
      room: { type: 'text', form: 'plain', values: steps.map(step => step.room) },
      mean: { ...numbers(steps.map(step => step.mean ?? 0)), nulls: Uint8Array.from(steps, step => (step.mean === null ? 1 : 0)) },
      window_start: numbers(steps.map(step => step.end - 10)),
      window_end: numbers(steps.map(step => step.end)),
      final: { type: 'boolean', values: Uint8Array.from(steps, step => (step.final ? 1 : 0)), nulls: undefined },
      revision: numbers(steps.map(step => step.revision)),
    },
    computed: {},
    ids: keys,
    keys,
    removed: Uint8Array.from(steps, step => (step.removed ? 1 : 0)),
    wall,
    watermark,
  }
}

const open = (options: Partial<LiveViewOptions> = {}): LiveView =>
  new LiveView({ id: 'v', job: 'j', schema, windowed: true, keyColumns: ['room'], keep: null, maxBytes: 1 << 26, ...options })

const all = (view: LiveView): LiveRow[] => [...view.query({}).rows]

/** The rules again, on a plain map and a sort. */
class Oracle {
  rows = new Map<string, Step>()
  watermark = Number.NEGATIVE_INFINITY
  keep: number | null
  constructor(keep: number | null) {
    this.keep = keep
  }
  apply(steps: readonly Step[], watermark: number): void {
    this.watermark = Math.max(this.watermark, watermark)
    for (const step of steps) {
      const old = this.rows.get(keyOf(step))
      const fresh = !old?.final || (step.final && step.revision >= old.revision)
      if (step.removed) this.rows.delete(keyOf(step))
      else if (fresh && step.end - 1 >= this.horizon()) this.rows.set(keyOf(step), step)
    }
    for (const [key, step] of this.rows) if (step.end - 1 < this.horizon()) this.rows.delete(key)
  }
  horizon(): number {
    const newest = Math.max(...[...this.rows.values()].map(step => step.end - 1))
    return this.keep === null ? Number.NEGATIVE_INFINITY : Math.max(this.watermark, newest) - this.keep
  }
  sorted(): Step[] {
    return [...this.rows.values()].sort((a, b) => a.end - b.end || (a.room < b.room ? -1 : 1))
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  room: fc.constantFrom('a', 'b', 'c', 'kitchen'),
  end: fc.integer({ min: 1, max: 12 }).map(n => n * 10),
  mean: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
  final: fc.boolean(),
  revision: fc.nat(3),
  removed: fc.nat(5).map(n => n === 0),
})
const batches = fc.array(fc.tuple(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 120 })), { maxLength: 12 })

describe('LiveView', () => {
  it('holds what a map and a sort hold, after any upserts, revisions, removals and evictions', () => {
    fc.assert(
      fc.property(batches, fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }), (pushes, keep) => {
        const view = open({ keep })
        const oracle = new Oracle(keep)
        for (const [steps, watermark] of pushes) {
          view.apply(outputs(steps, watermark))
          oracle.apply(steps, watermark)
          expect(all(view)).toEqual(oracle.sorted().map(valuesOf))
          expect(view.latest(3)).toEqual(oracle.sorted().slice(-3).map(valuesOf))
          expect(view.info().rows).toBe(oracle.rows.size)
        }
        view.apply(outputs([...oracle.rows.values()].map(step => ({ ...step, removed: true }))))
        expect(view.info()).toMatchObject({ rows: 0, bytes: 0 })
      }),
      { numRuns: 500 },
    )
  })

  it('answers ranges, keys, final and columns as a filter over the rows does', () => {
    const bound = fc.option(fc.integer({ min: 0, max: 130 }), { nil: undefined })
    fc.assert(
      fc.property(batches, bound, bound, fc.subarray(['a', 'b', 'kitchen']), fc.boolean(), (pushes, from, to, rooms, final) => {
        const view = open()
        const oracle = new Oracle(null)
        for (const [steps, watermark] of pushes) {
          view.apply(outputs(steps, watermark))
          oracle.apply(steps, watermark)
        }
        const expected = oracle
          .sorted()
          .filter(step => step.end - 1 >= (from ?? -1) && step.end - 1 < (to ?? 1e9))
          .filter(step => rooms.includes(step.room) && (!final || step.final))
          .map(step => [step.mean, step.room])
        const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
        const result = view.query({ ...range, keys: { room: rooms }, final, columns: ['mean', 'room'] })
        expect(result.columns).toEqual(['mean', 'room'])
        expect([...result.rows]).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('answers with the rows of the moment of the question, whatever happens while they are read', () => {
    const only = fc.constantFrom({}, { final: true }, { from: 35 }, { keys: { room: ['b', 'kitchen'] } }, { limit: 4 })
    fc.assert(
      fc.property(batches, batches, only, fc.option(fc.integer({ min: 10, max: 60 }), { nil: null }), (before, meanwhile, query, keep) => {
        const view = open({ keep })
        for (const [steps, watermark] of before) view.apply(outputs(steps, watermark))
        const expected = JSON.stringify([...view.query(query).rows])
        const { rows } = view.query(query)
        const reading = rows[Symbol.iterator]()
        const first = reading.next()
        for (const [steps, watermark] of meanwhile) {
          view.apply(outputs(steps, watermark))
          view.latest(2)
        }
        const read: LiveRow[] = first.done ? [] : [first.value]
        for (let row = reading.next(); !row.done; row = reading.next()) read.push(row.value)
        expect(JSON.stringify(read)).toBe(expected)
        expect(JSON.stringify([...rows])).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('gives each row once over pages of any size, while new windows arrive', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), (pushes, limit) => {
        const view = open()
        for (const [steps, watermark] of pushes) view.apply(outputs(steps, watermark))
        const before = all(view)
        const seen: LiveRow[] = []
        let after: string | undefined
        let end = 1000
        do {
          const page = view.query({ limit, to: 900, ...(after !== undefined && { after }) })
          seen.push(...page.rows)
          after = page.next
          view.apply(outputs([row({ room: 'new', end })]))
          end += 10
        } while (after !== undefined)
        expect(seen).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })

  it('survives a cursor whose row is gone', () => {
    const view = open()
    view.apply(outputs(['a', 'b', 'c', 'd'].map(room => row({ room, end: 10 }))))
    const page = view.query({ limit: 2 })
    view.apply(outputs([row({ room: 'b', end: 10, removed: true })]))
    expect([...view.query({ after: page.next! }).rows].map(values => values[0])).toEqual(['c', 'd'])
  })

  it('replaces a provisional row, then only by the same or a higher revision', () => {
    const view = open()
    const mean = () => all(view).map(values => values[1])
    view.apply(outputs([row({ room: 'a', end: 10, mean: 1, final: false })]))
    view.apply(outputs([row({ room: 'a', end: 10, mean: 2, final: false })]))
    expect(mean()).toEqual([2])
    view.apply(outputs([row({ room: 'a', end: 10, mean: 3 }), row({ room: 'a', end: 10, mean: 4, revision: 1 })]))
    view.apply(outputs([row({ room: 'a', end: 10, mean: 5 }), row({ room: 'a', end: 10, mean: 6, final: false })]))
    expect(mean()).toEqual([4])
  })

  it('stays within its bytes: old windows go whole, a window alone gives its first rows', () => {
    const view = open({ maxBytes: 64 * 1024 })
    const rooms = Array.from({ length: 40 }, (_, i) => `room-${String(i).padStart(3, '0')}`)
    for (let end = 10; end <= 200; end += 10) view.apply(outputs(rooms.map(room => row({ room, end }))))
    const { bytes, rows, evicted } = view.info()
    expect(bytes).toBeLessThanOrEqual(64 * 1024)
    expect(rows % rooms.length).toBe(0)
    expect(rows).toBeGreaterThan(0)
    expect(rows + evicted!).toBe(800)
    expect(all(view).at(-1)![3]).toBe(200)

    const one = open({ maxBytes: 64 * 1024 })
    one.apply(outputs(Array.from({ length: 1000 }, (_, i) => row({ room: `r${1000 + i}`, end: 10 }))))
    expect(one.info().bytes).toBeLessThanOrEqual(64 * 1024)
    expect(all(one).at(-1)![0]).toBe('r1999')
    expect(all(one)[0]![0]).toBe(`r${2000 - one.info().rows}`)
  })

  it('tells listeners what changed and nothing else', () => {
    const view = open({ keep: 15 })
    const changes: ViewChange[] = []
    const stop = view.subscribe(change => changes.push(change))
    const a = row({ room: 'a', end: 10 })
    view.apply(outputs([a, row({ room: 'b', end: 10 })]))
    view.apply(outputs([row({ room: 'a', end: 10, removed: true }), row({ room: 'x', end: 10, removed: true })]))
    view.apply(outputs([], 5))
    view.apply(outputs([row({ room: 'c', end: 100 })]))
    stop()
    view.apply(outputs([row({ room: 'd', end: 100 })]))
    expect(changes.map(change => [change.rows.map(r => r[0]), change.removed.map(r => r[0])])).toEqual([
      [['a', 'b'], []],
      [[], ['a']],
      [['c'], []],
    ])
    expect(changes[1]!.removedKeys).toEqual(['a/10'])
    expect(view.info()).toMatchObject({ rows: 2, evicted: 1, watermark: 5 })
  })

  it('tells each key once, as it is after the batch', () => {
    const view = open()
    view.apply(outputs([row({ room: 'a', end: 10, mean: 1 })]))
    const changes: ViewChange[] = []
    view.subscribe(change => changes.push(change))
    const gone = (room: string) => row({ room, end: 10, removed: true })
    view.apply(outputs([gone('a'), row({ room: 'a', end: 10, mean: 2 }), row({ room: 'b', end: 10 }), gone('b')]))
    expect(changes.map(change => [change.keys, change.rows.map(r => r[1]), change.removedKeys])).toEqual([[['a/10'], [2], ['b/10']]])
  })

  it('goes on from saved rows as if it had never stopped', () => {
    fc.assert(
      fc.property(batches, batches, (before, behind) => {
        const whole = open()
        for (const [steps, watermark] of before) whole.apply(outputs(steps, watermark))
        const restored = open()
        const told: LiveRow[] = []
        restored.subscribe(change => told.push(...change.rows))
        restored.restore(JSON.parse(JSON.stringify(whole.snapshot())))
        expect(told).toEqual(all(restored))
        for (const [steps, watermark] of behind) {
          whole.apply(outputs(steps, watermark))
          restored.apply(outputs(steps, watermark))
        }
        // JSON writes −0 as 0; the rest is equal.
        expect(JSON.stringify(all(restored))).toBe(JSON.stringify(all(whole)))
        expect(restored.info().bytes).toBe(whole.info().bytes)
      }),
      { numRuns: 200 },
    )
    expect(() => open().restore([['a', 1]])).toThrow(expect.objectContaining({ code: 'MR518' }))
  })

  it('tells of each row when it came, on the job’s clock, also after it was saved', () => {
    const view = open()
    const told: (readonly number[])[] = []
    view.subscribe(change => told.push(change.seen))
    view.apply(outputs([row({ room: 'a', end: 10 }), row({ room: 'b', end: 10 })], 0, 1_000))
    view.apply(outputs([row({ room: 'b', end: 10, revision: 1 }), row({ room: 'a', end: 20 })], 0, 2_000))
    expect(told).toEqual([
      [1_000, 1_000],
      [2_000, 2_000],
    ])
    expect(view.latestSeen(3)).toEqual([1_000, 2_000, 2_000])
    expect(view.latestSeen(1)).toEqual([2_000])
    const restored = open()
    restored.restore(view.snapshot())
    expect(restored.latestSeen(3)).toEqual([1_000, 2_000, 2_000])
    // Snapshots of before did not number arrivals, and those before them told only the place in time.
    restored.restore(view.snapshot().map(saved => saved.slice(0, -1)))
    expect(restored.latestSeen(3)).toEqual([1_000, 2_000, 2_000])
    restored.restore(view.snapshot().map(saved => saved.slice(0, -2)))
    expect(restored.latestSeen(3)).toEqual([9, 9, 19])
    expect(() => restored.restore(view.snapshot().map(saved => [...saved, 1]))).toThrow(expect.objectContaining({ code: 'MR518' }))
  })

  it('knows what each key said last, however long ago, also after it was saved', () => {
    const step = fc.record({ room: fc.constantFrom('a', 'b', 'c', 'd'), end: fc.integer({ min: 1, max: 60 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (steps, count) => {
        const view = open({ keep: 30 })
        for (const one of steps) view.apply(outputs([row(one)], one.end))
        const kept = all(view)
        const shown = new Set(kept.slice(-count).map(values => values[0]))
        const expected = ['a', 'b', 'c', 'd']
          .filter(room => !shown.has(room))
          .flatMap(room => kept.filter(values => values[0] === room).slice(-1))
          .slice()
          .sort((a, b) => Number(a[3]) - Number(b[3]))
          .slice(-count)
        const ends = (rows: readonly LiveRow[]) => rows.map(values => values[3])
        expect(ends(view.quiet(count).rows)).toEqual(ends(expected))
        expect(new Set(view.quiet(count).rows.map(values => values[0])).size).toBe(expected.length)
        const restored = open({ keep: 30 })
        restored.restore(view.snapshot())
        expect(ends(restored.quiet(count).rows)).toEqual(ends(expected))
      }),
      { numRuns: 300 },
    )
    const view = open({ maxBytes: 4_000 })
    for (let i = 0; i < 5_000; i++) view.apply(outputs([row({ room: `r${i}`, end: i * 10 + 10 })], 0, i))
    const { rows, seen } = view.quiet(2)
    expect([rows.length, seen]).toEqual([2, [4_996, 4_997]])
    expect(open({ keyColumns: [] }).quiet(1)).toEqual({ rows: [], seen: [] })
  })

  it('orders rows without windows by arrival', () => {
    const view = open({ windowed: false, keyColumns: [] })
    view.apply(outputs([row({ room: 'b', end: 30 }), row({ room: 'a', end: 20 })], 0, 100))
    view.apply(outputs([row({ room: 'c', end: 10 }), row({ room: 'b', end: 30, mean: 2 })], 0, 200))
    expect(all(view).map(values => values[0])).toEqual(['a', 'c', 'b'])
    expect([...view.query({ from: 200 }).rows].map(values => values[0])).toEqual(['c', 'b'])
    const page = view.query({ limit: 2 })
    expect([...view.query({ after: page.next! }).rows].map(values => values[0])).toEqual(['b'])
  })

  it('goes on with a page of arrivals where it was, also after it was saved', () => {
    const options = { windowed: false, keyColumns: [], keep: 150 }
    const arrivals = (...ends: number[]) =>
      outputs(
        ends.map(end => row({ room: 'a', end })),
        0,
        ends[0]!,
      )
    const view = open(options)
    view.apply(arrivals(100, 101, 102))
    view.apply(arrivals(200, 201, 202, 203))
    view.apply(arrivals(300))
    const page = view.query({ limit: 2 })
    expect([...page.rows].map(values => values[3])).toEqual([200, 201])
    const restored = open(options)
    restored.restore(view.snapshot())
    restored.apply(arrivals(301))
    expect([...restored.query({ after: page.next! }).rows].map(values => values[3])).toEqual([202, 203, 300, 301])
  })

  it('takes no cursor of a view with another order', () => {
    const windows = open()
    const arrivals = open({ windowed: false, keyColumns: [] })
    for (const view of [windows, arrivals]) view.apply(outputs(['a', 'b', 'c'].map(room => row({ room, end: 10 }))))
    for (const [of, at] of [
      [windows, arrivals],
      [arrivals, windows],
    ] as const) {
      const { next } = of.query({ limit: 1 })
      expect(() => at.query({ after: next! })).toThrow(expect.objectContaining({ code: 'MR508' }))
    }
  })

  it('names what it does not know', () => {
    const view = open()
    expect(() => view.query({ columns: ['maen'] })).toThrow(expect.objectContaining({ code: 'MR509', hint: "did you mean 'mean'?" }))
    expect(() => view.query({ keys: { rom: ['a'] } })).toThrow(expect.objectContaining({ code: 'MR509', hint: "did you mean 'room'?" }))
    expect(() => view.query({ after: 'nonsense' })).toThrow(expect.objectContaining({ code: 'MR508' }))
  })
})
