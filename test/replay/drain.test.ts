import { expect, test } from 'vitest'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { reading, rig, running, start } from '../runtime/rig.js'
import { recordingLog } from '../support/recording-log.js'
import { type Folder, folder } from './replay-rig.js'

async function drained(data: Folder, made = rig()) {
  const time = virtualTime(start + 60_000)
  const log = recordingLog()
  const jobs = await startJobs({ jobs: [made.job], log, env: {}, ...data, time, drainOnly: true })
  let ended = false
  const done = jobs.done.then(ends => {
    ended = true
    return ends
  })
  while (!ended) await time.advance(100)
  return { ...made, log, ends: await done, counts: jobs.host.jobs()[0]!.counts }
}

test('takes in what a crash left behind the last snapshot, sends what follows, and opens no source', async () => {
  const data = folder()
  const live = rig()
  const { time, jobs } = await running([live], { ...data })
  live.sink.held = true
  live.source.send(reading(start + 100, 4), reading(start + 6_500, 9), reading(start + 13_000, 2))
  await time.advance(500)
  // Nothing was acknowledged, no snapshot was taken: this is what a kill would leave.
  const crashed: Folder = { ...data, disk: data.disk.copy() }
  live.sink.release()
  await jobs.stop()

  const { source, sink, ends, counts } = await drained(crashed)
  expect(ends).toEqual([{ job: 'climate', error: undefined }])
  expect(source.opened).toBe(0)
  expect(sink.rows.map(({ peak }) => peak)).toEqual([4, 9])
  expect(sink.ids).toEqual(live.sink.ids)
  expect(counts.received).toBe(3)
  expect([...crashed.disk.files.keys()].some(path => path.endsWith('.snapshot'))).toBe(true)

  // Nothing is left: not for a second drain, and the next start goes on with the open window.
  expect((await drained(crashed)).sink.rows).toEqual([])
  const next = rig()
  const again = await running([next], { ...crashed, time: virtualTime(start + 120_000) })
  next.source.send(reading(start + 14_000, 7), reading(start + 30_000, 1))
  await again.time.advance(500)
  expect(next.sink.rows.map(({ peak, n }) => [peak, n])).toEqual([[7, 2]])
  await again.jobs.stop()
})

test('says what a sink would not take, and keeps it', async () => {
  const data = folder()
  const live = rig()
  const { time, jobs } = await running([live], { ...data })
  live.sink.held = true
  live.source.send(reading(start + 100, 4), reading(start + 6_500, 9))
  await time.advance(500)
  const stopped = jobs.stop(1_000)
  await time.advance(1_000)
  await stopped

  const stuck = rig()
  stuck.sink.held = true
  const { log } = await drained(data, stuck)
  expect(log.lines.find(({ fields }) => fields['code'] === 'MR414')?.message).toContain('1 rows were not acknowledged')
  expect((await drained(data)).sink.rows.map(({ peak }) => peak)).toEqual([4])
})
