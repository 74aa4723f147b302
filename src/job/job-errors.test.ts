import { describe, expect, it } from 'vitest'
import {
  aggregate,
  count,
  derive,
  into,
  job,
  merge,
  number,
  type Operator,
  type Output,
  type RowOf,
  type Stream,
  schema,
  select,
  text,
  tumbling,
  where,
} from '../index.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { collectSink } from '../testing/collect-sink.js'
import { rowsSource } from '../testing/rows-source.js'

const Reading = schema({ room: text(), celsius: number() })
type Rows = Stream<RowOf<typeof Reading>>
const wrong = (): never => ({}) as never
const out = (id: string) => into(collectSink<unknown>(id))

/** The codes that a job is refused with, in order; empty where it starts. */
function refusals(build: (rows: Rows, other: Rows) => readonly Output[]): readonly string[] {
  const made = job('refused', ({ read }) => build(read('rows', rowsSource(Reading)), read('other', rowsSource(Reading))))
  try {
    made.start({ bounded: false })
    return []
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    for (const other of error.others) expect(other.others).toEqual([])
    return error.each().map(({ code }) => code)
  }
}
/** Reads a field that the rows do not have. */
const bad = where(((r: { readonly celcius: never }) => r.celcius) as never) as Operator<RowOf<typeof Reading>, RowOf<typeof Reading>>

describe('a job with several errors', () => {
  it('is refused with all of them, in the order in which they stand', () => {
    expect(
      refusals(rows => [
        rows.pipe(bad, bad, out('a')),
        rows.pipe(undefined as never as Operator<RowOf<typeof Reading>, RowOf<typeof Reading>>, out('b')),
        rows.pipe(out('a')),
      ]),
    ).toEqual(['MR110', 'MR110', 'MR151', 'MR150'])
  })

  it('goes on behind an operator that changes no columns, and not behind one whose columns are unknown', () => {
    expect(
      refusals(rows => [
        rows.pipe(
          bad,
          where(r => r.celsius.gt(1)),
          out('a'),
        ),
      ]),
    ).toEqual(['MR110'])
    expect(
      refusals(rows => [
        rows.pipe(select(r => ({ x: (r as unknown as Record<string, never>)['y']! })) as never as typeof bad, bad, out('a')),
      ]),
    ).toEqual(['MR110'])
    expect(
      refusals(rows => [
        rows.pipe(
          aggregate('a', { over: wrong() }, { n: count() }),
          derive(w => ({ m: w.n })),
          out('a'),
        ),
      ]),
    ).toEqual(['MR159'])
  })

  it('takes a stream that came from an error for granted', () => {
    const build = (rows: Rows, other: Rows) => {
      const broken = rows.pipe(aggregate('a', { over: tumbling('1m') }, { n: wrong() })) as unknown as Rows
      return [merge('both', other, broken).pipe(bad, out('b'))]
    }
    expect(refusals(build)).toHaveLength(1)
  })

  it('does not take what code stumbles over behind an error for another one', () => {
    expect(
      refusals(rows => {
        const windows = rows.pipe(select(r => ({ x: (r as unknown as Record<string, never>)['y']! })))
        if (windows.columns.length === 0) throw new TypeError('no columns')
        return [windows.pipe(out('a'))]
      }),
    ).toEqual(['MR110'])
    expect(() =>
      refusals(() => {
        throw new TypeError('alone')
      }),
    ).toThrow(TypeError)
    expect(refusals(() => [])).toEqual(['MR166'])
    expect(refusals(rows => [rows.pipe(out('a'))])).toEqual([])
  })
})
