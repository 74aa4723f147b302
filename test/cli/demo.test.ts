import { describe, expect, it } from 'vitest'
import { millrace } from './command.js'

/** Runs a demo to its end and gives the one object on stdout. */
async function demo(...args: readonly string[]): Promise<Readonly<Record<string, number | string | null>>> {
  const { code, stdout, stderr } = await millrace(['demo', ...args, '--json']).done
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Readonly<Record<string, number | string | null>>
}

const counts = ['received', 'counted', 'late', 'duplicate', 'deadLettered', 'results'] as const

function expectIdentity(summary: Readonly<Record<string, unknown>>): void {
  expect(Object.keys(summary)).toEqual(['dashboard', ...counts])
  for (const name of counts) expect(Number.isSafeInteger(summary[name]), `${name} is ${summary[name]}`).toBe(true)
  const { received, counted, late, duplicate, deadLettered } = summary as Readonly<Record<(typeof counts)[number], number>>
  expect(received).toBe(counted + late + duplicate + deadLettered)
}

describe.concurrent('demo', () => {
  it('mote-climate shows every fate of a message, and ends by itself', async () => {
    const summary = await demo('--for', '5s', '--http', '127.0.0.1:0', '--speed', '240')
    expectIdentity(summary)
    for (const name of counts) expect(summary[name], name).toBeGreaterThan(0)
    expect(summary['dashboard']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it.each(['thermostat', 'max-temperature'])('%s runs short, and counts what it received', async name => {
    const summary = await demo(name, '--for', '1s', '--http', '127.0.0.1:0', '--speed', '20')
    expectIdentity(summary)
    expect(summary).toMatchObject({ late: 0, duplicate: 0, deadLettered: 0 })
    expect(summary['counted']).toBeGreaterThan(20)
    expect(summary['results']).toBeGreaterThan(0)
  })

  it('prints addresses that answer, and ends in order at Ctrl-C', async () => {
    const { process, said, done } = millrace(['demo', '--http', '127.0.0.1:0'])
    const page = (await said(/page +(http:\/\/\S+)/))[1]!
    const rows = (await said(/curl (http:\/\/\S+)/))[1]!
    expect(await (await fetch(page)).text()).toContain('<html')
    expect((await fetch(rows)).headers.get('content-type')).toMatch(/csv/)
    const [job] = (await (await fetch(`${page}/api/v1/jobs`)).json()) as [{ id: string; clockLabel: string; derived: boolean }]
    expect(job).toMatchObject({ id: 'mote-climate', clockLabel: 'replaying real data at 60×', derived: true })
    // npm hands a Ctrl-C on that the terminal has sent already: the second one must not cut the end short.
    process.kill('SIGINT')
    process.kill('SIGINT')
    const { code, stdout, stderr } = await done
    expect(code).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/received \d+ = \d+ counted \+ \d+ late \+ \d+ duplicate \+ \d+ dead letters; \d+ results/)
  })

  it('says nothing when it is asked to be quiet', async () => {
    const { code, stdout, stderr } = await millrace(['demo', 'max-temperature', '--quiet', '--for', '500ms', '--http', '127.0.0.1:0']).done
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})
