import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bodyText, DeviceLink } from '../../src/demo/device-link.js'
import type { JobSummary } from '../../src/model/api.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { until } from '../support/until.js'
import { finished, millrace } from './command.js'
import { reading, writeJob } from './lived-job.js'
import { sendAll } from './sender.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-drain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('drain', () => {
  it('after a kill finishes what the journal holds, with a broker elsewhere, and takes nothing new', async () => {
    const job = writeJob(join(folder, 'jobs'))
    const data = join(folder, 'data')
    const broker = millrace(['broker', '--listen', '127.0.0.1:0'])
    const url = (await broker.said(/AMQP node +(amqp:\S+)/))[1]!
    const options = { env: { MILLRACE_AMQP_URL: url } }
    const run = millrace(['run', job, '--data', data, '--http', '127.0.0.1:0'], options)
    const page = (await run.said(/page +(http:\S+)/))[1]!
    await sendAll(url, 'telemetry', [reading('1', 1, 31), reading('2', 65, 33), reading('3', 190)])
    await until('three received', async () => {
      const [summary] = (await (await fetch(`${page}/api/v1/jobs`)).json()) as JobSummary[]
      // What the journal does not hold yet would come again, and a drain takes nothing new.
      return summary?.counts.received === 3 && summary.journal?.unsynced === 0
    })
    run.process.kill('SIGKILL')
    await run.done
    await sendAll(url, 'telemetry', [reading('4', 250)])

    const drained = await finished(['drain', job, '--data', data], options)
    expect(drained).toMatchObject({ code: 0, stdout: '' })
    expect(drained.stderr).toMatch(/rooms: nothing is left to take in or to send; 3 messages/)
    const { stdout } = await finished(['journal', 'verify', data, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      recovery: {
        possible: true,
        text: expect.stringMatching(/from the snapshot behind entry \d+: no entry is taken in once more/) as string,
      },
    })

    const heard: { readonly peak: number }[] = []
    const link = new DeviceLink(url, 'listener', systemTime)
    link.listen('alerts', 'queue', message => heard.push(JSON.parse(bodyText(message)) as { peak: number }))
    await until('both alerts', () => (heard.length >= 2 ? true : undefined))
    link.close()
    expect(heard.map(({ peak }) => peak)).toEqual([31, 33])
    broker.process.kill('SIGTERM')
    await broker.done
  })

  it('of a folder without a journal makes none', async () => {
    const { code, stderr } = await finished(['drain', writeJob(join(folder, 'other')), '--data', join(folder, 'empty')])
    expect(code).toBe(1)
    expect(stderr).toContain('MR465')
  })
})
