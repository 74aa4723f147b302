import { describe, expect, test } from 'vitest'
import type { LiveRow, ViewInfo } from '../../../src/model/api.js'
import { ViewStore } from './view-store.js'

const minute = 60_000
const day = 86_400_000
/** Data of 2004, read by a job whose clock is of today. */
const then = Date.UTC(2004, 1, 28)
const clock = Date.UTC(2026, 10, 23, 16)

const windowed: ViewInfo = {
  id: 'climate',
  job: 'motes',
  columns: [
    { name: 'mote', type: 'integer', nullable: false, key: true },
    { name: 'mean', type: 'number', nullable: true, key: false },
    { name: 'window_start', type: 'timestamp', nullable: false, key: true },
    { name: 'window_end', type: 'timestamp', nullable: false, key: true },
    { name: 'final', type: 'boolean', nullable: false, key: false },
  ],
  windowed: true,
  window: { size: minute, every: minute },
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
}
const plain: ViewInfo = { ...windowed, columns: windowed.columns.slice(0, 2), windowed: false }

const windowRow = (mote: number, i: number): LiveRow => [mote, 20 + i, then + i * minute, then + (i + 1) * minute, true]
const lastSeen = (store: ViewStore): readonly number[] => [...store.grid.keys.values()].map(series => series.lastSeen)

const contents = ({ grid }: ViewStore): readonly (readonly [key: string, time: number, value: number])[] =>
  [...grid.keys.values()].flatMap(series =>
    Array.from({ length: grid.length }, (_, slot) => [series.key, grid.time(slot), grid.value(series, 0, slot)] as const).filter(
      ([, , value]) => !Number.isNaN(value),
    ),
  )

describe('what a page keeps of a view', () => {
  test('a device was last seen when its newest row came, on the job’s clock, however old its windows are', () => {
    const store = new ViewStore(windowed)
    store.upsert([windowRow(1, 0), windowRow(2, 0), windowRow(1, 1)], [clock, clock, clock + 5000])
    expect(lastSeen(store)).toEqual([clock + 5000, clock])
  })

  test('row by row or all at once, the ages and the numbers are the same', () => {
    const rows = Array.from({ length: 40 }, (_, i) => windowRow(1 + (i % 3), Math.floor(i / 3)))
    const seen = rows.map((_, i) => clock + i * 100)
    const live = new ViewStore(windowed)
    for (const [i, row] of rows.entries()) live.upsert([row], [seen[i]!])
    const reloaded = new ViewStore(windowed)
    reloaded.upsert(rows, seen)
    expect(lastSeen(reloaded)).toEqual(lastSeen(live))
    expect([...reloaded.grid.timesFrom(0)]).toEqual([...live.grid.timesFrom(0)])
  })

  test('rows that tell no time of their own stand where they came, also after a refresh', () => {
    const store = new ViewStore(plain)
    store.upsert(
      [
        [1, 20],
        [1, 21],
      ] satisfies LiveRow[],
      [clock, clock + 1000],
    )
    expect([...store.grid.timesFrom(0)]).toEqual([clock, clock + 1000])
    expect(lastSeen(store)).toEqual([clock + 1000])
  })

  test('a row that tells no time of its own is gone when it is removed, as after a refresh', () => {
    const rows: LiveRow[] = [
      [1, 20],
      [2, 20],
      [1, 21],
      [1, 20],
      [1, 22],
    ]
    const seen = rows.map((_, i) => clock + i * 1000)
    const live = new ViewStore(plain)
    live.upsert(rows, seen)
    live.remove([
      [1, 22],
      [1, 20],
      [3, 20],
      [2, 99],
    ])
    const reloaded = new ViewStore(plain)
    reloaded.upsert(rows.slice(0, 3), seen)
    expect(contents(live)).toEqual(contents(reloaded))
    expect(live.grid.keys.get('[1]')!.lastTime).toBe(clock + 2000)
    live.remove([[2, 20]])
    expect(contents(live).map(([key]) => key)).toEqual(['[1]', '[1]'])
  })

  test('without a word of when they came, windows are drawn all the same', () => {
    const store = new ViewStore(windowed)
    store.upsert([windowRow(1, 0)], [])
    expect([...store.grid.timesFrom(0)]).toEqual([then + minute / 2])
    expect(clock - then).toBeGreaterThan(20 * 365 * day)
  })
})
