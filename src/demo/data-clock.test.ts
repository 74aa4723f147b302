import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimeSource } from '../model/seams.js'
import { type ClockReading, DataClock } from './data-clock.js'

/** Real time that stands still until it is moved; timers fire in their order. */
class HandTime implements TimeSource {
  now = 1_000
  #timers: { at: number; callback: () => void }[] = []
  wall = () => this.now
  monotonic = () => this.now
  after = (ms: number, callback: () => void) => {
    const timer = { at: this.now + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }
  pass(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers = this.#timers.filter(other => other !== due)
      this.now = Math.max(this.now, due.at)
      due.callback()
    }
    this.now = until
  }
}

const start = Date.UTC(2010, 4, 9, 10)
const speeds = fc.constantFrom(0.5, 1, 60, 240)
const steps = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 5_000 }), toggle: fc.boolean() }), { maxLength: 30 })

describe('DataClock', () => {
  it('shows the start and the real time that passed outside of pauses, by the speed', () =>
    fc.assert(
      fc.property(speeds, steps, (speed, history) => {
        const real = new HandTime()
        const clock = new DataClock(real, { at: start, speed, running: true })
        let ran = 0
        for (const { ms, toggle } of history) {
          if (clock.running) ran += ms
          real.pass(ms)
          if (toggle) clock.running ? clock.pause() : clock.resume()
          expect(clock.wall()).toBe(Math.floor(start + ran * speed))
          expect(clock.monotonic()).toBeCloseTo(ran * speed, 6)
        }
      }),
    ))

  it('is shown alike by a process that starts later, and stays so over further pauses', () =>
    fc.assert(
      fc.property(speeds, steps, steps, fc.integer({ min: 0, max: 900 }), (speed, before, after, ageMs) => {
        const real = new HandTime()
        const clock = new DataClock(real, { at: start, speed, running: true })
        const move = ({ ms, toggle }: { ms: number; toggle: boolean }): void => {
          real.pass(ms)
          if (toggle) clock.running ? clock.pause() : clock.resume()
        }
        before.forEach(move)
        const reading = clock.reading()
        real.pass(ageMs)
        const other = new DataClock(real, reading, ageMs)
        expect(other.wall()).toBe(clock.wall())
        for (const step of after) {
          move(step)
          const told = clock.reading()
          real.pass(3)
          // It hears of a pause 3 ms later, and does not go back: it is never farther ahead than these.
          other.follow(told, 3)
          expect(Math.abs(other.monotonic() + reading.at - start - clock.monotonic())).toBeLessThanOrEqual(3 * speed + 1e-3)
          expect(other.running).toBe(clock.running)
        }
      }),
    ))

  it('never goes back, whatever it is told to follow', () =>
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.integer({ min: -50_000, max: 50_000 }), running: fc.boolean() })), readings => {
        const real = new HandTime()
        const clock = new DataClock(real, { at: start, speed: 60, running: true })
        for (const { at, running } of readings) {
          const shown = clock.wall()
          clock.follow({ at: start + at, speed: 60, running }, 0)
          expect(clock.wall()).toBeGreaterThanOrEqual(shown)
          real.pass(10)
        }
      }),
    ))

  it('goes no farther than its horizon, catches up when that moves, and never goes back', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ ms: fc.integer({ min: 0, max: 500 }), horizon: fc.integer({ min: -20_000, max: 40_000 }) })),
        steps => {
          const real = new HandTime()
          const clock = new DataClock(real, { at: start, speed: 60, running: true })
          let shown = start
          for (const { ms, horizon } of steps) {
            const reading = { at: start + (real.now - 1_000) * 60, speed: 60, running: true }
            const limit = Math.max(reading.at + horizon, shown)
            clock.follow(reading, 0, limit)
            real.pass(ms)
            const expected = Math.max(shown, Math.min(reading.at + ms * 60, limit))
            expect(clock.wall()).toBe(expected)
            shown = expected
          }
        },
      ),
    ))

  it('counts nothing as passed that it leaps over', () => {
    const real = new HandTime()
    const clock = new DataClock(real, { at: start, speed: 60, running: true })
    const told = (): ClockReading => ({ at: start + (real.now - 1_000) * 60, speed: 60, running: true })
    clock.follow(told(), 0, start + 4_000)
    // The process stands still for half a second, half a minute of the data.
    real.pass(500)
    expect([clock.wall() - start, clock.monotonic()]).toEqual([4_000, 4_000])
    clock.follow(told(), 0, start + 34_000)
    expect([clock.wall() - start, clock.monotonic()]).toEqual([30_000, 4_000])
    real.pass(50)
    expect([clock.wall() - start, clock.monotonic()]).toEqual([33_000, 7_000])
    // The other clock is ahead of what this one has counted itself: that has passed.
    clock.follow({ ...told(), at: told().at + 500 }, 0)
    expect([clock.wall() - start, clock.monotonic()]).toEqual([33_500, 7_500])
  })

  it('fires no timer that the horizon holds back', () => {
    const real = new HandTime()
    const clock = new DataClock(real, { at: start, speed: 60, running: true })
    const fired: number[] = []
    clock.after(30_000, () => fired.push(clock.wall() - start))
    clock.follow({ at: start, speed: 60, running: true }, 0, start + 12_000)
    real.pass(2_000)
    expect(fired).toEqual([])
    clock.follow({ at: start + 120_000, speed: 60, running: true }, 0)
    real.pass(1)
    expect(fired).toEqual([120_000])
  })

  it('fires timers by its own ms, and none while it stands still', () => {
    const real = new HandTime()
    const clock = new DataClock(real, { at: start, speed: 60, running: true })
    const fired: number[] = []
    clock.after(60_000, () => fired.push(clock.wall() - start))
    const cancel = clock.after(30_000, () => fired.push(-1))
    real.pass(400)
    clock.pause()
    real.pass(100_000)
    expect(fired).toEqual([])
    cancel()
    clock.after(12_000, () => fired.push(clock.wall() - start))
    clock.resume()
    real.pass(199)
    expect(fired).toEqual([])
    real.pass(1)
    expect(fired).toEqual([36_000])
    real.pass(400)
    expect(fired).toEqual([36_000, 60_000])
  })
})
