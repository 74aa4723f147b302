import { test } from 'node:test'
import { expectRows, testJob } from 'millrace/testing'
import job from './room-climate.job.js'

test('a minute of the kitchen: mean, lowest, highest; what no sensor can mean is left out', () => {
  const climate = testJob(job, { now: '2026-01-05T08:00:00Z', restore: 'every-step' })
  climate.source('readings').send([
    { room: 'kitchen', celsius: 20, at: climate.now },
    { room: 'kitchen', celsius: 24, at: climate.now + 10_000 },
    { room: 'kitchen', celsius: 999, at: climate.now + 20_000 },
  ])
  climate.advance('2m')
  expectRows(climate.rows('climate'), [{ room: 'kitchen', mean: 22, low: 20, peak: 24, n: 2, final: true }])
})
