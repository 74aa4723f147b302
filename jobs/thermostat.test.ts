import { describe, expect, it } from 'vitest'
import { ThermostatDevice } from '../src/demo/thermostat-device.js'
import { DrivenJob, type Row } from '../test/jobs/driven-job.js'
import { expectGoldenPlan } from '../test/jobs/golden-plan.js'
import job from './thermostat.job.js'

const start = Date.UTC(2024, 0, 1)
const reading = (id: string, temperature: number) => ({ body: { data: JSON.stringify({ 'device-id': id, temperature }) } })
const commands = (rows: readonly Row[]): readonly Row[] => rows.filter(row => row['result'] === 'control')

/** A sequence that looks random and is the same in every run. */
const draughts = (seed: number) => {
  let state = seed
  return {
    next: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    },
    hex: () => '',
  }
}

describe('thermostat', () => {
  it('has the plan that it had', () => expectGoldenPlan('thermostat', job))

  it('opens below 15, closes above 25, and leaves the rest in peace', () => {
    const driven = new DrivenJob(job, start)
    driven.pass(start + 1_000)
    const highs = { cold: 14, mild: 15, warm: 25, hot: 26 }
    driven.send(
      'temperature',
      Object.entries(highs).flatMap(([id, high]) => [reading(id, high - 9), reading(id, high)]),
    )
    const rows = driven.pass(start + 5_001)
    expect(commands(rows).map(({ result, ...row }) => row)).toEqual([
      expect.objectContaining({ address: 'control/cold', 'device-id': 'cold', operation: 'open', max: 14 }),
      expect.objectContaining({ address: 'control/hot', 'device-id': 'hot', operation: 'close', max: 26 }),
    ])
    expect(rows.filter(row => row['result'] === 'highest').map(row => [row['device-id'], row['max']])).toEqual(Object.entries(highs))
  })

  it('refuses readings without a device or with a text for a temperature', () => {
    const driven = new DrivenJob(job, start)
    driven.send('temperature', [
      { body: { data: '{"temperature":23}' } },
      { body: { data: '{"device-id":"a","temperature":"23"}' } },
      reading('a', 10),
    ])
    expect(driven.refused.map(({ code }) => code)).toEqual(['MR202', 'MR203'])
    expect(commands(driven.pass(start + 5_001))).toHaveLength(1)
  })

  /** Rooms that report every second for `minutes`; `obeys` lets the commands reach their valves. */
  function simulate(obeys: boolean, minutes = 10): ReadonlyMap<string, readonly number[]> {
    const random = draughts(7)
    const driven = new DrivenJob(job, start)
    const devices = [
      new ThermostatDevice('kitchen', 18, true, random),
      new ThermostatDevice('office', 24, true, random),
      new ThermostatDevice('bath', 22, false, random),
      new ThermostatDevice('hall', 16, false, random),
    ]
    const history = new Map(devices.map(({ id }) => [id, [] as number[]]))
    const obey = (rows: readonly Row[]): void => {
      if (!obeys) return
      for (const row of commands(rows)) {
        const heard = devices.filter(device => row['address'] === `control/${device.id}`)
        expect(heard).toHaveLength(1)
        expect(heard[0]!.obey({ 'device-id': row['device-id'], operation: row['operation'] })).toBe(true)
      }
    }
    for (let second = 1; second <= minutes * 60; second++) {
      obey(driven.pass(start + second * 1_000))
      const reports = devices.map(device => device.report(1))
      for (const { 'device-id': id, temperature } of reports) history.get(id)!.push(temperature)
      obey(
        driven.send(
          'temperature',
          reports.map(report => reading(report['device-id'], report.temperature)),
        ),
      )
    }
    return history
  }

  it('keeps rooms within bounds, because the valves act on its commands', () => {
    for (const [room, temperatures] of simulate(true)) {
      const settled = temperatures.slice(60)
      expect(Math.min(...settled), room).toBeGreaterThanOrEqual(10)
      expect(Math.max(...settled), room).toBeLessThanOrEqual(32)
      // It really swings between both bounds: the valve opens and closes again and again.
      expect(Math.min(...settled), room).toBeLessThan(17)
      expect(Math.max(...settled), room).toBeGreaterThan(23)
    }
  })

  it('without the commands the same rooms leave these bounds', () => {
    const rooms = [...simulate(false).values()].map(temperatures => temperatures.slice(60))
    expect(rooms.every(temperatures => Math.min(...temperatures) < 10 || Math.max(...temperatures) > 32)).toBe(true)
  })
})
