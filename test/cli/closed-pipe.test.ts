import { expect, it } from 'vitest'
import { millrace } from './command.js'

it('ends quietly when the reader of its results goes away', async () => {
  const command = millrace(['run', 'jobs/mote-climate.job.ts', '--read', 'readings=data/motes.csv', '--results', 'ndjson'])
  command.process.stdout?.destroy()
  const { code, stderr } = await command.done
  expect(stderr).not.toContain('EPIPE')
  expect(code).toBe(0)
})
