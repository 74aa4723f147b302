import { expect, test } from 'vitest'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { reading, rig, running, start } from './rig.js'

test('what a sink has acknowledged can be read under its id, and is counted once', async () => {
  const one = rig()
  const { time, jobs, host, counts } = await running([one])
  one.sink.held = true
  one.source.send(reading(start), reading(start + 5_000), reading(start + 12_000))
  await time.advance(10)
  const sent = () => host.views().find(view => view.id === 'out')!
  expect(host.views().map(view => [view.id, view.info().sink])).toEqual([
    ['peaks', undefined],
    ['out', true],
  ])
  expect(sent().info().rows).toBe(0)
  one.sink.release()
  await time.advance(10)
  expect(sent().info().rows).toBe(one.sink.rows.length)
  expect(sent().info().rows).toBeGreaterThan(0)
  expect([...sent().query({ columns: ['room', 'peak'] }).rows][0]).toEqual(['a', 20])
  expect(counts().results).toBe(2 * one.sink.rows.length)
  await jobs.stop()
})

test('what a sink refused for good is not shown as sent', async () => {
  const one = rig()
  const { time, jobs, host } = await running([one])
  one.sink.failures.push(new MillraceError('MR311', 'it is too large'))
  one.source.send(reading(start), reading(start + 5_000), reading(start + 12_000))
  await time.advance(100)
  expect(host.deadLetters({ code: 'MR311' })).toHaveLength(1)
  const peaks = host.views().find(view => view.id === 'peaks')!
  expect(
    host
      .views()
      .find(view => view.id === 'out')!
      .info().rows,
  ).toBe(peaks.info().rows - 1)
  await jobs.stop()
})
