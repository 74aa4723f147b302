import { expect, test } from 'vitest'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { memoryFolder } from '../support/memory-folder.js'
import { rig, running, start } from './rig.js'

test('what a peer has lost stands in the guarantee while its source is opened again and when the job has ended', async () => {
  const one = rig()
  const { time, jobs, host } = await running([one], memoryFolder())
  const words = "what the peer of 'readings' kept for it was lost there, noticed at 1970-01-01T00:16:40.000Z"
  const isTold = () => host.jobs()[0]!.guarantee.why.some(why => why.startsWith(words))
  const attention = () => host.jobs()[0]!.attention.filter(sentence => sentence.startsWith('Messages of readings may be missing'))
  expect(isTold()).toBe(false)
  expect(attention()).toEqual([])
  one.source.lost = { times: 1, at: start }
  expect(isTold()).toBe(true)
  expect(attention()).toEqual([expect.stringContaining('noticed at 1970-01-01T00:16:40.000Z')])
  expect(await host.metrics()).toContain('millrace_source_losses_total{job="climate",source="readings"} 1')
  expect(one.source.context!.journal).toMatch(/./)
  one.source.failNext = new MillraceError('MR307', 'gone for a moment')
  one.source.send('{}')
  for (const opened = one.source.opened; one.source.opened === opened; ) {
    expect(isTold()).toBe(true)
    await time.advance(10)
  }
  expect(attention()).toHaveLength(1)
  await jobs.stop()
  expect(isTold()).toBe(true)
})

test('what was lost more than a day ago needs nobody any more', async () => {
  const one = rig()
  one.source.lost = { times: 2, at: start - 24 * 3_600_000 - 1 }
  const { jobs, host } = await running([one])
  expect(host.jobs()[0]!.attention).toEqual([])
  one.source.lost = { times: 2, at: start - 24 * 3_600_000 + 60_000 }
  expect(host.jobs()[0]!.attention).toEqual([expect.stringContaining('Messages of readings may be missing')])
  await jobs.stop()
})
