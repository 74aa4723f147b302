import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../src/model/alert.js'
import { until } from '../support/until.js'
import { reading, writeJob } from './lived-job.js'
import { type Running, running } from './running.js'
import { sendAll } from './sender.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-acknowledged-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const job = writeJob(folder)
const data = join(folder, 'data')
const kept = join(data, 'acknowledged.alerts')
mkdirSync(join(folder, 'dashboards'))
writeFileSync(
  join(folder, 'dashboards', 'rooms.json'),
  JSON.stringify({ title: 'Rooms', panels: [{ alerts: 'climate.peak', above: 28, level: 'critical' }] }),
)

const started = (args: readonly string[] = []) => running([job, '--data', data, ...args], { cwd: folder })

/** The alert of the hall, when it is firing and its acknowledgement is as it should be. */
const firing = (process: Running, acknowledged: boolean): Promise<Alert> =>
  until(`a firing alert, ${acknowledged ? '' : 'not '}acknowledged`, async () => {
    const alerts = (await (await fetch(`${process.http}/api/v1/alerts?state=firing`)).json()) as Alert[]
    return alerts.find(({ key, acknowledgedAt }) => key['room'] === 'hall' && (acknowledgedAt !== undefined) === acknowledged)
  })

const acknowledge = async (process: Running, { id }: Alert): Promise<Alert> => {
  const address = `${process.http}/api/v1/alerts/${id}/acknowledge`
  return (await (await fetch(address, { method: 'POST', headers: { 'millrace-action': '1' } })).json()) as Alert
}

describe('an alert that somebody has seen', () => {
  it('stays seen when the process is killed and started again', async () => {
    const first = await started()
    await sendAll(first.amqp, 'telemetry', [reading('1', 1, 31), reading('2', 65, 33), reading('3', 130, 32)])
    const seen = await acknowledge(first, await firing(first, false))
    first.command.process.kill('SIGKILL')
    await first.command.done
    const second = await started()
    expect(await firing(second, true)).toMatchObject({ id: seen.id, since: seen.since, acknowledgedAt: seen.acknowledgedAt })
    // Over, and firing again: that is another one.
    await sendAll(second.amqp, 'telemetry', [reading('4', 190, 20), reading('5', 250, 35), reading('6', 310, 35)])
    expect((await firing(second, false)).since).toBeGreaterThan(seen.since)
    expect((await second.stop()).stderr).not.toContain('MR536')
  })

  it('is to be seen again where the file is torn, and the log says so', async () => {
    const whole = readFileSync(kept)
    writeFileSync(kept, whole.subarray(0, whole.length - 9))
    const process = await started()
    const alert = await firing(process, false)
    expect(await acknowledge(process, alert)).toMatchObject({ acknowledgedAt: expect.any(Number) as number })
    const { code, stderr } = await process.stop()
    expect(code).toBe(0)
    expect(stderr).toMatch(/warning it is forgotten which alerts of 'rooms' were seen: acknowledged\.alerts: .* code=MR536/)
    const next = await started()
    expect(await firing(next, true)).toMatchObject({ id: alert.id })
    await next.stop()
  })
})
