import fc from 'fast-check'
import {
  aggregate,
  count,
  derive,
  eventTime,
  first,
  hopping,
  integer,
  last,
  mean,
  schema,
  select,
  stddev,
  text,
  timestamp,
  tumbling,
  where,
} from 'millrace'
import { type TestEntry, verifyOperator } from 'millrace/testing'
import { describe, it } from 'vitest'

const Reading = schema({ room: text(), v: integer(), at: timestamp('epoch-ms') })

describe('a whole pipeline', () => {
  it('gives results that never depend on how entries are cut, nor on a restart between them', () => {
    const entry = fc.record({
      rows: fc.array(
        fc.record({ room: fc.constantFrom('a', 'b', 'c'), at: fc.integer({ min: 0, max: 40_000 }), v: fc.integer({ min: -9, max: 9 }) }),
        { maxLength: 12 },
      ),
      origin: fc.constantFrom(0, 0, 1),
      step: fc.integer({ min: 0, max: 3_000 }),
    })
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('0ms', '1s', '5s') as fc.Arbitrary<'0ms' | '1s' | '5s'>,
        fc.constantFrom('0ms', '2s', '20s') as fc.Arbitrary<'0ms' | '2s' | '20s'>,
        fc.boolean(),
        fc.integer(),
        (parts, outOfOrderness, allowedLateness, hop, seed) => {
          let wall = 100_000
          const entries: TestEntry[] = parts.map(({ rows, origin, step }) => {
            wall += step
            return { rows, origin, wall }
          })
          entries.push({ wall, origin: 0, end: true }, { wall, origin: 1, end: true })
          verifyOperator({
            schema: Reading,
            entries,
            seed,
            pipeline: s =>
              s.pipe(
                where(r => r.v.ne(0)),
                eventTime(r => r.at, { outOfOrderness }),
                derive(r => ({ square: r.v.mul(r.v) })),
                aggregate(
                  'w',
                  {
                    by: r => ({ room: r.room }),
                    over: hop ? hopping('5s', { every: '2s' }) : tumbling('4s'),
                    allowedLateness,
                    early: '1s',
                  },
                  { mean: mean(r => r.v), deviation: stddev(r => r.square), first: first(r => r.v), last: last(r => r.v), n: count() },
                ),
                where(w => w.mean.gt(-1)),
                select(w => ({ room: w.room, mean: w.mean.round(9), deviation: w.deviation.round(6), span: w.last.sub(w.first), n: w.n })),
              ),
          })
        },
      ),
      { numRuns: 1_000 },
    )
  }, 240_000)
})
