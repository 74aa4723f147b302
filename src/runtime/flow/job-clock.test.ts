import { expect, test } from 'vitest'
import type { TimeSource } from '../../model/seams.js'
import { virtualTime } from '../seams/virtual-time.js'
import { JobClock } from './job-clock.js'

test('the wall clock never goes back, over a restart neither', async () => {
  const time = virtualTime(1000)
  const clock = new JobClock(time, time)
  await time.advance(500)
  expect(clock.readWall()).toBe(1500)
  time.setWall(200)
  expect(clock.readWall()).toBe(1500)
  expect(new JobClock(time, time, clock.state()).wall).toBe(1500)
})

test('the stream clock stands still unless a partition is live; each partition has its own', async () => {
  const time = virtualTime()
  const clock = new JobClock(time, time)
  await time.advance(1000)
  clock.advance(new Map())
  expect(clock.stream).toBe(0)
  await time.advance(1000)
  clock.advance(
    new Map([
      [0, 1000],
      [1, 400],
    ]),
  )
  expect([clock.stream, clock.reading(0).partition, clock.reading(1).partition, clock.reading(2).partition]).toEqual([1000, 1000, 400, 0])
})

test('a gap of more than five real seconds counts one, in real and in scaled time', async () => {
  const real = virtualTime()
  const scaled: TimeSource = {
    wall: () => real.wall() * 60,
    monotonic: () => real.monotonic() * 60,
    after: (ms, then) => real.after(ms / 60, then),
  }
  const plain = new JobClock(real, real)
  const fast = new JobClock(scaled, real)
  await real.advance(120_000)
  plain.advance(new Map([[0, 120_000]]))
  fast.advance(new Map([[0, 120_000 * 60]]))
  expect(plain.stream).toBeCloseTo(1000)
  expect(fast.stream).toBeCloseTo(60_000)
  await real.advance(5000)
  plain.advance(new Map([[0, 5000]]))
  expect(plain.stream).toBeCloseTo(6000)
})

test('clocks go on from what an entry recorded, and the time of the recovery itself counts nothing', async () => {
  const time = virtualTime(5_000)
  const clock = new JobClock(time, time, { wall: 4_000, stream: 100, partitions: { 0: 80 } })
  clock.resume(3_000, 150, [[1, 20]])
  clock.resume(4_500, 170, [[0, 95]])
  await time.advance(3_000)
  expect([clock.wall, clock.stream, clock.reading(0).partition, clock.reading(1).partition]).toEqual([5_000, 170, 95, 20])
  clock.advance(new Map())
  expect([clock.wall, clock.stream]).toEqual([8_000, 170])
  await time.advance(10)
  clock.advance(new Map([[0, 10]]))
  expect([clock.stream, clock.reading(0).partition, clock.reading(1).partition]).toEqual([180, 105, 20])
})
