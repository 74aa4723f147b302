import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { finished, root } from './command.js'

const explain = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await finished(['explain', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}
const golden = (name: string, form: string): string => readFileSync(join(root, 'jobs', 'golden', `${name}.plan.${form}`), 'utf8')

describe.concurrent('explain', () => {
  it.each(['mote-climate', 'thermostat', 'max-temperature'])('prints the plan of %s as it is kept', async name => {
    const job = `jobs/${name}.job.ts`
    const { guarantee, ...plan } = JSON.parse(await explain(job, '--format', 'json')) as { guarantee: unknown }
    expect(plan).toEqual(JSON.parse(golden(name, 'json')))
    expect(guarantee).toMatchObject({ level: expect.any(String), sinks: expect.any(Array) })
    const text = await explain(job)
    expect(text.startsWith(golden(name, 'txt'))).toBe(true)
    expect(text).toContain((guarantee as { label: string }).label)
  })

  it('says what is guaranteed, for each sink, and why', async () => {
    const text = await explain('jobs/mote-climate.job.ts')
    expect(text).toMatch(/^guarantee +at least once: results of 'steam' may repeat/m)
    expect(text).toMatch(/^ +climate +exactly once within 1,000,000 ids/m)
    expect(text).toMatch(/^why +\S/m)
    expect(text).toContain('this holds for `millrace run`, which keeps a data folder')
  })

  it('draws Mermaid with every node and edge of the plan', async () => {
    const text = await explain('jobs/thermostat.job.ts', '--format', 'mermaid')
    expect(text).toMatch(/^(flowchart|graph) /)
    const plan = JSON.parse(golden('thermostat', 'json')) as { nodes: { id: string; inputs: unknown[] }[] }
    expect(text.match(/-->/g)).toHaveLength(plan.nodes.reduce((sum, { inputs }) => sum + inputs.length, 0))
    for (const word of ['temperature', 'highest', 'control']) expect(text).toContain(word)
  })
})
