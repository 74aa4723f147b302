import { expectGolden, expectRows, planText, type TestOutput, testJob } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { ThermostatDevice } from '../src/demo/thermostat-device.js'
import job from './thermostat.job.js'

const message = (device: string, temperature: number) => JSON.stringify({ 'device-id': device, temperature })

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
  it('has the plan that it had', () => {
    for (const [format, name] of [
      ['json', 'json'],
      ['ascii', 'txt'],
    ] as const) {
      expectGolden(planText(job, format), new URL(`golden/thermostat.plan.${name}`, import.meta.url))
    }
  })

  it('opens below 15, closes above 25, and leaves the rest in peace', () => {
    const test = testJob(job, { restore: 'every-step', batches: 'random cuts' })
    const highs = { cold: 14, mild: 15, warm: 25, hot: 26 }
    test.source('temperature').send(
      Object.entries(highs).flatMap(([device, high]) => [
        { device, temperature: high - 9 },
        { device, temperature: high },
      ]),
    )
    test.advance('6s')
    expectRows(test.rows('control'), [
      { 'device-id': 'cold', operation: 'open', max: 14 },
      { 'device-id': 'hot', operation: 'close', max: 26 },
    ])
    expect(test.outputs('control').map(({ computed }) => computed['address'])).toEqual(['control/cold', 'control/hot'])
    expectRows(
      test.rows('highest'),
      Object.entries(highs).map(([device, max]) => ({ 'device-id': device, max })),
      { order: 'any' },
    )
  })

  it('refuses readings without a device or with a text for a temperature', () => {
    const test = testJob(job)
    test.source('temperature').sendMessages(['{"temperature":23}', '{"device-id":"a","temperature":"23"}', message('a', 10)])
    test.advance('6s')
    expectRows(test.deadLetters, [{ code: 'MR202' }, { code: 'MR203' }])
    expectRows(test.rows('control'), [{ 'device-id': 'a' }])
  })

  /** Rooms that report every second for `minutes`; `obeys` lets the commands reach their valves. */
  function simulate(obeys: boolean, minutes = 10): ReadonlyMap<string, readonly number[]> {
    const random = draughts(7)
    const test = testJob(job)
    const devices = [
      new ThermostatDevice('kitchen', 18, true, random),
      new ThermostatDevice('office', 24, true, random),
      new ThermostatDevice('bath', 22, false, random),
      new ThermostatDevice('hall', 16, false, random),
    ]
    const history = new Map(devices.map(({ id }) => [id, [] as number[]]))
    const obey = ({ row, computed }: TestOutput): void => {
      const heard = devices.filter(({ id }) => computed['address'] === `control/${id}`)
      expect(heard).toHaveLength(1)
      expect(heard[0]!.obey({ 'device-id': row['device-id'], operation: row['operation'] })).toBe(true)
    }
    for (let second = 1; second <= minutes * 60; second++) {
      test.advance('1s')
      if (obeys) test.take('control').forEach(obey)
      const reports = devices.map(device => device.report(1))
      for (const { 'device-id': id, temperature } of reports) history.get(id)!.push(temperature)
      test.source('temperature').sendMessages(reports.map(({ 'device-id': id, temperature }) => message(id, temperature)))
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
