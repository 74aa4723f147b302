import { expect, test } from 'vitest'
import { disposals } from '../interop/disposals.js'
import { CrashRig } from './crash-rig.js'
import { JobLife } from './job-life.js'

const opened = disposals()
const rowsAWindow = 500

test('the durable node killed and started again under load, and the job with it: every identity counts once', async () => {
  const rig = opened(await CrashRig.open({ seed: 71, peer: 'node', rate: 6_000, durable: true }), it => it.close())
  let life = opened(JobLife.command(rig.life()), it => it.kill())
  for (const both of [false, true, false]) {
    await rig.moreRows(rowsAWindow)
    if (both) await life.kill()
    await rig.broker.restart('kill')
    if (both) life = opened(JobLife.command(rig.life()), it => it.kill())
  }
  await rig.moreRows(rowsAWindow)
  const { findings } = await rig.finish(life)
  expect(findings, life.output).toEqual([])
  // Under load something was on its way at a kill, or the test would prove nothing.
  expect(rig.sender.report.resent).toBeGreaterThan(0)
}, 180_000)
