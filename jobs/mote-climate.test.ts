import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DrivenJob, type Row } from '../test/jobs/driven-job.js'
import { expectGoldenPlan } from '../test/jobs/golden-plan.js'
import job from './mote-climate.job.js'

interface Reading {
  readonly mote: number
  readonly humidity: number
  readonly temperature: number
  readonly at: string
}

const minute = 60_000
const [header = '', ...lines] = readFileSync(new URL('../data/motes.csv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const names = header.split(',')
/** An hour of the data with the steam in it: from reading 2,150 of each mote. */
const readings: readonly Reading[] = lines
  .map(line => line.split(','))
  .filter(cells => Number(cells[0]) >= 2_150 && Number(cells[0]) < 2_870)
  .map(cells => ({ mote: Number(cells[1]), humidity: Number(cells[3]), temperature: Number(cells[4]), at: cells[6]! }))

/** Replays readings at their own times. */
function replay(rows: readonly Reading[]): { readonly results: readonly Row[]; readonly job: DrivenJob } {
  const first = Date.parse(rows[0]!.at)
  const driven = new DrivenJob(job, first)
  const results: Row[] = []
  for (const row of rows) {
    results.push(...driven.pass(Date.parse(row.at)))
    results.push(...driven.send('readings', [{ messageId: `${row.mote} ${row.at}`, body: { data: JSON.stringify(row) } }]))
  }
  results.push(...driven.pass(Date.parse(rows.at(-1)!.at) + 6 * minute))
  return { results, job: driven }
}

/** Windows by the rule of the semantics, counted anew from the readings. */
function expected(size: number, every: number): ReadonlyMap<string, readonly Reading[]> {
  const windows = new Map<string, Reading[]>()
  for (const reading of readings) {
    const at = Date.parse(reading.at)
    for (let window = Math.floor(at / every) * every; window > at - size; window -= every) {
      const key = `${reading.mote} ${window}`
      const rows = windows.get(key)
      if (rows) rows.push(reading)
      else windows.set(key, [reading])
    }
  }
  return windows
}

describe('mote-climate', () => {
  const { results, job: driven } = replay(readings)
  const finals = (result: string): ReadonlyMap<string, Row> =>
    new Map(results.filter(row => row['result'] === result && row['final']).map(row => [`${row['mote']} ${row['window_start']}`, row]))

  it('has the plan that it had', () => expectGoldenPlan('mote-climate', job))

  it('reads the columns that the data has', () => {
    expect(names).toEqual(['reading', 'mote', 'indoor', 'humidity', 'temperature', 'label', 'at'])
    expect(readings.length).toBeGreaterThan(2_000)
  })

  it.each([
    ['climate', minute, minute],
    ['trend', 5 * minute, minute],
  ])('%s equals a plain count of the same windows', (result, size, every) => {
    const got = finals(result)
    const want = expected(size, every)
    expect(got.size).toBe(want.size)
    for (const [key, rows] of want) {
      const temperatures = rows.map(({ temperature }) => temperature)
      const mean = temperatures.reduce((a, b) => a + b, 0) / rows.length
      const variance = temperatures.reduce((sum, t) => sum + (t - mean) ** 2, 0) / (rows.length - 1)
      const row = got.get(key)!
      expect(row, key).toMatchObject({ n: rows.length, min: Math.min(...temperatures), max: Math.max(...temperatures), revision: 0 })
      expect(Number(row['window_end']) - Number(row['window_start'])).toBe(size)
      expect(row['mean']).toBeCloseTo(mean, 9)
      if (rows.length === 1) expect(row['stddev']).toBeNull()
      else expect(row['stddev']).toBeCloseTo(Math.sqrt(variance), 8)
    }
  })

  it('steam tells of humid minutes, and of no others', () => {
    const want = [...expected(minute, minute)].map(([key, rows]) => [key, Math.max(...rows.map(({ humidity }) => humidity))] as const)
    const humid = want.filter(([, humidity]) => humidity > 60)
    expect(humid.length).toBeGreaterThan(0)
    expect(humid.length).toBeLessThan(want.length)
    expect(new Map([...finals('steam')].map(([key, row]) => [key, row['humidity']]))).toEqual(new Map(humid))
    // An alert is not taken back: sinks get no provisional rows.
    expect(results.filter(row => row['result'] === 'steam' && !row['final'])).toEqual([])
  })

  it('shows windows before they close, every 15 s of data time', () => {
    const early = results.filter(row => row['result'] === 'climate' && !row['final'])
    expect(early.length).toBeGreaterThan(finals('climate').size)
    for (const row of early) expect(row).toMatchObject({ revision: 0 })
  })

  it('takes disorder up to 10 s, and no row that comes later', () => {
    const base = Date.UTC(2024, 0, 1)
    const reading = (seconds: number): Reading => ({
      mote: 1,
      humidity: 40,
      temperature: seconds,
      at: new Date(base + seconds * 1_000).toISOString(),
    })
    const sent = (rows: readonly Reading[]) => {
      const driven = new DrivenJob(job, base + 65_000)
      const out = rows.flatMap(row => driven.send('readings', [{ body: { data: JSON.stringify(row) } }]))
      return [...out, ...driven.pass(base + 10 * minute)].filter(row => row['result'] === 'climate' && row['final'])
    }
    expect(sent([reading(5), reading(65), reading(56)])).toMatchObject([{ window_start: base, n: 2, max: 56 }, { n: 1 }])
    expect(sent([reading(5), reading(75), reading(56)])).toMatchObject([{ window_start: base, n: 1, max: 5 }, { n: 1 }])
  })

  it('refuses a reading a day ahead; others are not late for it', () => {
    const before = driven.refused.length
    expect(before).toBe(0)
    const base = Date.UTC(2024, 0, 1)
    const other = new DrivenJob(job, base)
    const at = (ms: number) => ({
      body: { data: JSON.stringify({ mote: 1, humidity: 40, temperature: 20, at: new Date(base + ms).toISOString() }) },
    })
    other.send('readings', [at(0), at(24 * 60 * minute), at(1_000)])
    expect(other.refused).toMatchObject([{ code: 'MR157' }])
    const rows = other.pass(base + 2 * minute).filter(row => row['result'] === 'climate' && row['final'])
    expect(rows).toMatchObject([{ n: 2 }])
  })
})
