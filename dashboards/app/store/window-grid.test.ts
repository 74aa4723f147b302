import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ViewInfo } from '../../../src/model/api.js'
import { chartData, valueRange } from '../chart/chart-data.js'
import { spreadLabels } from '../chart/end-labels.js'
import { ViewStore } from './view-store.js'
import { WindowGrid } from './window-grid.js'

const minute = 60_000
const column = (name: string, type: 'number' | 'integer' | 'timestamp' | 'boolean', key = false) => ({ name, type, nullable: false, key })
const climate: ViewInfo = {
  id: 'climate',
  job: 'mote-climate',
  columns: [
    column('mote', 'integer', true),
    ...['mean', 'min', 'max', 'stddev'].map(name => column(name, 'number')),
    column('n', 'integer'),
    column('window_start', 'timestamp', true),
    column('window_end', 'timestamp', true),
    column('final', 'boolean'),
    column('revision', 'integer'),
  ],
  windowed: true,
  window: { size: minute, every: minute },
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
}

const contents = (grid: WindowGrid): [number, string, number][] => {
  const rows: [number, string, number][] = []
  for (let slot = 0; slot < grid.length; slot++) {
    for (const series of grid.keys.values()) {
      const value = grid.value(series, 0, slot)
      if (!Number.isNaN(value)) rows.push([grid.time(slot), series.key, value])
    }
  }
  return rows.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
}

describe('window grid', () => {
  test('holds what a map of the newest times holds, in any order of arrival', () => {
    const change = fc.record({
      time: fc.integer({ min: 0, max: 40 }),
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.double({ noNaN: true }),
      drop: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), fc.integer({ min: 3, max: 30 }), (changes, limit) => {
        const grid = new WindowGrid(1, limit)
        const times: number[] = []
        const oracle = new Map<string, [number, string, number]>()
        for (const { time, key, value, drop } of changes) {
          if (drop) {
            grid.drop(time, key)
            oracle.delete(`${time} ${key}`)
            continue
          }
          grid.put(time, key, key, [value], true, time)
          if (!times.includes(time)) {
            if (times.length === limit && time < Math.min(...times)) continue
            times.push(time)
            times.sort((a, b) => a - b)
            if (times.length > limit) {
              const gone = times.shift()
              for (const [id, row] of oracle) if (row[0] === gone) oracle.delete(id)
            }
          }
          oracle.set(`${time} ${key}`, [time, key, value])
        }
        const wanted = [...oracle.values()].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
        expect(contents(grid)).toEqual(wanted)
      }),
      { numRuns: 300 },
    )
  })

  test('counts keys beyond its bound instead of keeping them', () => {
    const grid = new WindowGrid(1, 10, 2)
    for (const key of ['a', 'b', 'c', 'd', 'c']) grid.put(1, key, key, [1], true, 1)
    expect([...grid.keys.keys()]).toEqual(['a', 'b'])
    expect(grid.refusedKeys).toBe(2)
  })

  test('a time that is not a number changes nothing', () => {
    const grid = new WindowGrid(1)
    grid.put(Number.NaN, 'a', 'a', [1], true, 0)
    expect(grid.length).toBe(0)
  })
})

describe('view store', () => {
  const row = (mote: number, from: number, mean: number, final: boolean) => [
    mote,
    mean,
    mean - 1,
    mean + 1,
    0.1,
    12,
    from,
    from + minute,
    final,
    0,
  ]

  test('a later row of the same window replaces the earlier one; points stand in the middle of their window', () => {
    const store = new ViewStore(climate)
    store.upsert([row(1, 0, 20, false), row(2, 0, 25, false)], [15_000, 15_000])
    store.upsert([row(1, 0, 21, true)], [70_000])
    const series = store.grid.keys.get('[1]')!
    expect(store.grid.length).toBe(1)
    expect(store.grid.time(0)).toBe(30_000)
    expect(store.grid.value(series, store.column('mean'), 0)).toBe(21)
    expect(series).toMatchObject({ label: 'mote 1', lastSeen: 70_000 })
    const data = chartData(
      store.grid,
      [...store.grid.keys.values()],
      { value: 0, low: 1, high: 2 },
      { size: minute, every: minute },
      undefined,
    )
    expect([[...data.x], ...data.values.map(values => [...values])]).toEqual([[30_000], [21], [25]])
    expect(data).toMatchObject({ openFrom: 0, openTo: minute })
  })

  test('what was recalled of a device long silent is known, and is no part of the history that a chart shows', () => {
    const store = new ViewStore(climate)
    store.recall([row(3, 0, 18, true)], [minute])
    const recent = Array.from({ length: 20 }, (_, i) => row(1, (100 + i) * minute, 20, true))
    store.upsert(
      recent,
      recent.map((_, i) => (101 + i) * minute),
    )
    const silent = store.grid.keys.get('[3]')!
    expect(silent).toMatchObject({ label: 'mote 3', lastSeen: minute })
    expect(store.grid.value(silent, store.column('mean'), 0)).toBe(18)
    const series = [...store.grid.keys.values()]
    const every = { size: minute, every: minute }
    const data = chartData(store.grid, series, { value: 0, low: 1, high: 2 }, every, undefined, [], store.begin)
    expect([data.from, data.to]).toEqual([100 * minute, 120 * minute])
  })

  test('the number 1 and the text 1 are two keys', () => {
    const store = new ViewStore(climate)
    expect(store.key([1])).not.toBe(store.key(['1']))
  })

  test('absent values are gaps, not zeros', () => {
    const store = new ViewStore(climate)
    store.upsert([[1, null, null, null, null, 0, 0, minute, true, 0]], [minute])
    const data = chartData(
      store.grid,
      [...store.grid.keys.values()],
      { value: 0, low: 1, high: 2 },
      { size: minute, every: minute },
      undefined,
    )
    expect(data.values.map(values => [...values])).toEqual([[Number.NaN]])
    expect(valueRange(data, [])).toEqual([0, 1])
  })
})

describe('end labels', () => {
  test('never overlap, stay inside, keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 8 }), wanted => {
        const placed = spreadLabels(wanted, 16, 8, 292)
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!)
        for (let i = 0; i < order.length; i++) {
          expect(placed[order[i]!]).toBeGreaterThanOrEqual(8 - 1e-6)
          expect(placed[order[i]!]).toBeLessThanOrEqual(292 + 1e-6)
          if (i > 0) expect(placed[order[i]!]! - placed[order[i - 1]!]!).toBeGreaterThanOrEqual(16 - 1e-6)
        }
      }),
    )
  })
})

describe('rows without windows', () => {
  const { window: _, ...withoutWindow } = climate
  const rooms: ViewInfo = {
    ...withoutWindow,
    columns: [column('room', 'integer', true), column('celsius', 'number'), column('at', 'timestamp')],
    windowed: false,
  }

  test('each is kept while there is room', () => {
    const store = new ViewStore(rooms)
    for (let i = 0; i < 4000; i++) store.upsert([[i % 4, i, i * 250]], [i * 250])
    expect([store.grid.length, store.step]).toEqual([4000, 0])
  })

  test('of many devices that speak each at its own time, minutes can be seen: of each step the last value', () => {
    const store = new ViewStore(rooms)
    const last = new Map<string, number>()
    const devices = 100
    const minutes = 4
    for (let i = 0; i < devices * minutes * 60; i++) {
      const at = Math.floor((i * 1000) / devices)
      store.upsert([[i % devices, i, at]], [at])
    }
    expect(store.step).toBeGreaterThan(0)
    expect(store.grid.time(0)).toBe(0)
    expect(store.grid.length).toBeLessThanOrEqual(4096)
    for (let i = 0; i < devices * minutes * 60; i++) {
      const at = Math.floor((i * 1000) / devices)
      last.set(`${Math.floor(at / store.step) * store.step} [${i % devices}]`, i)
    }
    const found = new Map<string, number>()
    for (let slot = 0; slot < store.grid.length; slot++) {
      for (const series of store.grid.keys.values()) {
        const value = store.grid.value(series, 0, slot)
        if (!Number.isNaN(value)) found.set(`${store.grid.time(slot)} ${series.key}`, value)
      }
    }
    expect(found).toEqual(last)
  })
})
