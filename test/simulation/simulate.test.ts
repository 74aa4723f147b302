import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { crashPoints } from '../../src/model/crash-point.js'
import { faultsOf } from './faults.js'
import { foundBy } from './plants/found-by.js'
import { plants } from './plants/index.js'
import { simulateSeed } from './simulate-seed.js'

const script = fileURLToPath(new URL('../../scripts/simulate.js', import.meta.url))
const seeds = process.env['CI'] === 'true' ? 2_000 : 200

test('equal seeds do the same, down to the order of writes', async () => {
  for (const seed of [1, 2, 3, 14, 99]) {
    const first = await simulateSeed(seed)
    const second = await simulateSeed(seed)
    expect(second.lines).toEqual(first.lines)
    expect(second.hash).toBe(first.hash)
  }
})

test('the schedules of 2,000 seeds name every crash point, with and without a loss of power', () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 2_000; seed++) {
    for (const fault of faultsOf({ seed, duration: 10_000 })) if (fault.what === 'crash-point') seen.add(`${fault.point} ${fault.power}`)
  }
  expect([...seen].sort()).toEqual(crashPoints.flatMap(point => [`${point} false`, `${point} true`]).sort())
})

test.each(crashPoints)('a job that is to die at %s does', async point => {
  const at = 1_500
  const faults = [{ at, what: 'crash-point', point, nth: 1, power: true } as const, { at: 2 * at, what: 'kill' } as const]
  const { lines, violation } = await simulateSeed(3, { faults })
  expect(violation).toBeUndefined()
  const died = lines.findIndex((line, i) => line.endsWith(` reached ${point}`) && lines[i + 1]?.endsWith(' POWER LOST'))
  expect(died).toBeGreaterThan(0)
})

test(`${seeds} seeds hold`, { timeout: 900_000 }, async () => {
  const run = spawn(process.execPath, [script, '--seeds', `${seeds}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const output of [run.stdout, run.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said += text
      // Minutes in CI: what goes on, and each failure as it is found.
      process.stderr.write(text)
    })
  }
  const [status] = await once(run, 'close')
  expect(status, said).toBe(0)
})

test.each(plants.map(plant => [plant.name, plant] as const))('%s is found', { timeout: 120_000 }, async (name, plant) => {
  const recorded = foundBy[name]
  if (recorded === undefined) return expect.fail(`'${name}' has no recorded seed: npm run simulate -- --plant ${name}`)
  for (let i = 0; i <= 20; i++) {
    const { violation } = await simulateSeed(recorded + i, { plant })
    // A plant that is broken itself would be found whatever it does.
    expect(violation?.what ?? '').not.toMatch(/call stack|is not a function|Cannot read/)
    if (violation && !(await simulateSeed(recorded + i)).violation) return
  }
  expect.fail(`'${name}' (${plant.what}) was not found by seeds ${recorded} to ${recorded + 20}`)
})
