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
    expect(await explain(job, '--format', 'json')).toBe(golden(name, 'json'))
    expect(await explain(job)).toBe(golden(name, 'txt'))
  })

  it('draws Mermaid with every node and edge of the plan', async () => {
    const text = await explain('jobs/thermostat.job.ts', '--format', 'mermaid')
    expect(text).toMatch(/^(flowchart|graph) /)
    const plan = JSON.parse(golden('thermostat', 'json')) as { nodes: { id: string; inputs: unknown[] }[] }
    expect(text.match(/-->/g)).toHaveLength(plan.nodes.reduce((sum, { inputs }) => sum + inputs.length, 0))
    for (const word of ['temperature', 'highest', 'control']) expect(text).toContain(word)
  })
})
