import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { finished, millrace } from '../cli/command.js'
import { writeJob } from '../cli/lived-job.js'
import { running } from '../cli/running.js'
import { eventReader } from './event-reader.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-readers-'))
const job = writeJob(join(folder, 'jobs'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('--live-readers', () => {
  it('admits so many at a time, and another when one has left', async () => {
    const process = await running([job, '--data', join(folder, 'data'), '--live-readers', '2'])
    const address = `${process.http}/api/v1/live`
    const readers = [await eventReader(address, () => {}), await eventReader(address, () => {})]
    const refused = await fetch(address)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({ code: 'MR513', detail: '2 live readers are connected' })
    readers[0]!.leave()
    for (;;) if (/^millrace_live_readers 1$/m.test(await (await fetch(`${process.http}/metrics`)).text())) break
    readers.push(await eventReader(address, () => {}))
    for (const reader of readers) reader.leave()
    expect((await process.stop()).code).toBe(0)
  })

  it.each([
    ['dev', () => [job, '--no-types', '--data', join(folder, 'dev')]],
    ['demo', () => ['thermostat', '--data', join(folder, 'demo')]],
  ])('%s admits so many, too', async (name, args) => {
    const command = millrace([name, ...args(), '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', '--live-readers', '1'])
    const address = `${(await command.said(/(http:\/\/127\.0\.0\.1:\d+)/))[1]}/api/v1/live`
    const reader = await eventReader(address, () => {})
    expect(await (await fetch(address)).json()).toMatchObject({ code: 'MR513', detail: '1 live readers are connected' })
    reader.leave()
    command.process.kill('SIGINT')
    expect((await command.done).code).toBe(0)
  })

  it.each(['0', 'many', '1.5'])('is no %s', async count => {
    for (const [name, ...args] of [['run', job], ['dev', job], ['demo']] as [string, ...string[]][]) {
      const { code, stderr } = await finished([name, ...args, '--data', join(folder, 'none'), '--live-readers', count])
      expect([name, code, stderr]).toEqual([name, 2, expect.stringContaining('MR601')])
    }
  })
})
