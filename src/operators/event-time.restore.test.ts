import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batch } from '../model/batch.js'
import type { NumberColumn } from '../model/columns.js'
import { EventTimeLogic } from './event-time-logic.js'
import { runWithRestarts } from './restart-fixture.js'

const step = fc.record({
  origin: fc.nat(2),
  times: fc.array(fc.option(fc.integer({ min: -50, max: 200 }), { freq: 8 }), { maxLength: 8 }),
  wait: fc.constantFrom(0, 1, 9, 40),
  end: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function batchesOf(steps: readonly Step[], frozen: boolean): Batch[] {
  let stream = 0
  const partitions = [0, 0, 0]
  return steps.map(({ origin, times, wait, end }, i) => {
    stream += wait
    partitions[origin]! += wait
    const values = Float64Array.from(times, time => 10 * i + (time ?? 0))
    return new Batch({
      length: times.length,
      columns: { at: { type: 'number', values, nulls: Uint8Array.from(times, time => (time === null ? 1 : 0)) } },
      times: values,
      origin,
      watermark: end && i === steps.length - 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      clock: { wall: 10 * i, stream, partition: partitions[origin]!, frozen },
    })
  })
}

describe('eventTime, restored', () => {
  it('says what it would have said: batches, watermarks, refusals, deadline', () => {
    const params = fc.record({
      outOfOrderness: fc.constantFrom(0, 5, 30),
      maxFutureSkew: fc.constantFrom(0, 60),
      skewed: fc.constantFrom('dead-letter' as const, 'process' as const, 'clamp' as const),
      closeWhenQuiet: fc.boolean(),
    })
    fc.assert(
      fc.property(
        params,
        fc.boolean(),
        fc.array(step, { minLength: 1, maxLength: 15 }),
        fc.uniqueArray(fc.nat(15)),
        (p, frozen, steps, at) => {
          const make: Parameters<typeof runWithRestarts>[0] = context =>
            new EventTimeLogic({ ...p, time: batch => batch.columns['at'] as NumberColumn, field: 'at' }, context)
          const whole = runWithRestarts(make, batchesOf(steps, frozen), new Set())
          const restarted = runWithRestarts(make, batchesOf(steps, frozen), new Set(at))
          expect(restarted.spoken).toEqual(whole.spoken)
          expect(restarted.last).toEqual(whole.last)
          for (const { state, then } of restarted.saved) expect(state).toEqual(then)
        },
      ),
      { numRuns: Number(process.env['MILLRACE_CASES'] ?? 200) },
    )
  })
})
