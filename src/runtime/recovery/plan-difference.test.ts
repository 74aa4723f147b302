import { describe, expect, test } from 'vitest'
import { count } from '../../aggregates/count.js'
import { max } from '../../aggregates/max.js'
import { mean } from '../../aggregates/mean.js'
import { json } from '../../codecs/json.js'
import type { SinkSpec } from '../../connector/sink.js'
import type { SourceSpec } from '../../connector/source.js'
import type { SymbolicRow } from '../../expr/types.js'
import { type JobTools, job } from '../../job/job.js'
import { integer, number, schema, text, timestamp } from '../../model/fields.js'
import { aggregate } from '../../operators/aggregate.js'
import { eventTime } from '../../operators/event-time.js'
import { into } from '../../operators/into.js'
import { merge } from '../../operators/merge.js'
import { derive } from '../../operators/select.js'
import { where } from '../../operators/where.js'
import { view } from '../../views/view-sink.js'
import { hopping } from '../../windows/hopping.js'
import { tumbling } from '../../windows/tumbling.js'
import { fits } from './plan-difference.js'
import { planShape } from './plan-shape.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp('epoch-ms'), seen: timestamp('epoch-ms') })
const source = <T>(decoder: SourceSpec<T>['decoder'], address = 'telemetry'): SourceSpec<T> => ({
  connector: 'fake',
  params: { address },
  decoder,
  id: undefined,
  usesEmbeddedNode: false,
  open: () => Promise.reject(new Error('never opened')),
  check: async () => [],
})
const sink = (id: string, address: string): SinkSpec<unknown> => ({
  id,
  connector: 'fake',
  params: { address },
  kind: 'sink',
  expressions: {},
  usesEmbeddedNode: false,
  open: () => Promise.reject(new Error('never opened')),
  check: async () => [],
})

type Outputs = ReturnType<Parameters<typeof job>[1]>
const shape = (build: (tools: JobTools) => Outputs) => planShape(job('climate', build).start({ bounded: false }).plan)
const readings = ({ read }: JobTools, id = 'readings') =>
  read(id, source(json(Reading))).pipe(eventTime(r => r.at, { outOfOrderness: '1s' }))
interface Celsius {
  readonly celsius: number
}
const by = { by: (r: { room: unknown }) => ({ room: r.room }) } as { by: never }
const same = { mean: mean<Celsius>(r => r.celsius), n: count() }
const climate = aggregate('climate', { ...by, over: tumbling('5m') } as never, same as never) as never

const saved = shape(tools => [readings(tools).pipe(climate, into(view('climate')))])
const edit = (build: (tools: JobTools) => Outputs, drop: readonly string[] = []) => fits(saved, shape(build), drop)
const nothing = { refused: [], dropped: [], fresh: [], notes: [] }

/** The job with another aggregate under the same id. */
const aggregating = (options: object, aggregates: object) => (tools: JobTools) => [
  readings(tools).pipe(
    aggregate('climate', { ...by, over: tumbling('5m'), ...options } as never, aggregates as never),
    into(view('climate')),
  ),
]
const ofClimate = (differences: readonly string[]) => differences.filter(text => text.startsWith('`climate`'))

describe('an edit that fits', () => {
  test('the same job, also after the shape went through JSON', () => {
    const again = shape(tools => [readings(tools).pipe(climate, into(view('climate')))])
    expect(fits(JSON.parse(JSON.stringify(saved)) as typeof saved, again)).toEqual(nothing)
  })

  test('another `where` or derived column before, another wait, address or keep, a sink more, an option of early results', () => {
    const edited = edit(({ read }) => {
      const rows = read('readings', source(json(Reading), 'elsewhere')).pipe(
        eventTime(r => r.at, { outOfOrderness: '30s' }),
        where(r => r.celsius.gt(-40)),
        derive(r => ({ kelvin: r.celsius.add(273.15) })),
        climate,
      )
      return [rows.pipe(into(view('climate', { keep: '7d' }))), rows.pipe(into(sink('out', 'results')))]
    })
    expect(edited).toEqual(nothing)
    const early = (every: '1s' | '2s') => shape(aggregating({ early: every }, same))
    expect(fits(early('1s'), early('2s'))).toEqual(nothing)
  })

  test('a column more in the schema, which nobody keys or counts', () => {
    const Wider = schema({ room: text(), celsius: number(), at: timestamp('epoch-ms'), seen: timestamp('epoch-ms'), humid: number() })
    const edited = edit(({ read }) => [
      read('readings', source(json(Wider))).pipe(
        eventTime(r => r.at, { outOfOrderness: '1s' }),
        climate,
        into(view('climate')),
      ),
    ])
    expect(edited).toEqual(nothing)
  })

  test('where a sink writes, though it remembers what it was told', () => {
    const told = (address: string) =>
      shape(tools => [
        readings(tools).pipe(
          aggregate('climate', { ...by, over: tumbling('5m'), allowedLateness: '1m' } as never, same as never),
          into(sink('out', address)),
        ),
      ])
    expect(fits(told('here'), told('there'))).toEqual(nothing)
  })
})

describe('an edit that would lose state says exactly what', () => {
  test.each([
    ['window', aggregating({ over: tumbling('1m') }, same), '`climate`: window was tumbling 5m, and is tumbling 1m'],
    ['hops', aggregating({ over: hopping('5m', { every: '1m' }) }, same), '`climate`: window was tumbling 5m, and is hopping 5m every 1m'],
    ['an aggregate less', aggregating({}, { n: count() }), '`climate`: aggregate `mean` (mean(celsius)) is gone'],
    [
      'an aggregate more',
      aggregating({}, { ...same, peak: max((r: SymbolicRow<Celsius>) => r.celsius) }),
      '`climate`: aggregate `peak` (max(celsius)) is new',
    ],
    [
      'another input',
      aggregating({}, { ...same, mean: mean<Celsius>(r => r.celsius.mul(2)) }),
      '`climate`: aggregate `mean` was mean(celsius), and is mean(celsius * 2)',
    ],
    [
      'the order',
      aggregating({}, { n: same.n, mean: same.mean }),
      /^`climate`: the order was .*`mean`, aggregate `n`.*, and is .*`n`, aggregate `mean`/,
    ],
    ['lateness', aggregating({ allowedLateness: '1m' }, same), '`climate`: allowed lateness was none, and is 1m'],
    ['early results', aggregating({ early: '1s' }, same), '`climate`: early results was off, and is on'],
    ['no key', aggregating({ by: undefined }, same), '`climate`: key `room` (room, text) is gone'],
  ])('%s', (_, build, expected) => {
    const differences = ofClimate(edit(build as never).refused)
    expect(differences).toHaveLength(1)
    if (typeof expected === 'string') expect(differences[0]).toBe(expected)
    else expect(differences[0]).toMatch(expected)
  })

  test('another type of a key, and of the column that a view shows', () => {
    const Numbered = schema({ room: integer(), celsius: number(), at: timestamp('epoch-ms') })
    const edited = edit(({ read }) => [
      read('readings', source(json(Numbered))).pipe(
        eventTime(r => r.at, { outOfOrderness: '1s' }),
        climate,
        into(view('climate')),
      ),
    ])
    expect(edited.refused).toEqual([
      '`climate`: key `room` was room, text, and is room, integer',
      '`view:climate`: column `room` was text, and is integer',
    ])
  })

  test('another time, another source, an operator between', () => {
    expect(
      edit(({ read }) => [
        read('readings', source(json(Reading))).pipe(
          eventTime(r => r.seen, { outOfOrderness: '1s' }),
          climate,
          into(view('climate')),
        ),
      ]).refused,
    ).toEqual(['`eventTime-1`: time was at, and is seen'])
    // Watermarks are kept by source: under another name the old one would hold time back for ever.
    expect(edit(tools => [readings(tools, 'rooms').pipe(climate, into(view('climate')))]).refused).toEqual([
      '`eventTime-1` was fed by readings, and is fed by rooms',
      '`climate` was fed by readings, and is fed by rooms',
    ])
    expect(edit(tools => [merge('all', readings(tools), readings(tools, 'more')).pipe(climate, into(view('climate')))]).refused).toEqual([
      '`climate` was fed by readings, and is fed by all',
    ])
  })

  test('a node that is gone, or of another kind', () => {
    expect(edit(tools => [readings(tools).pipe(into(view('climate')))]).refused).toContain(
      '`climate` (aggregate) is gone, and its state would be lost',
    )
    const { climate: own, ...others } = saved
    expect(fits({ ...others, climate: { ...own!, op: 'session' } }, saved).refused).toEqual(['`climate` was session, and is aggregate'])
  })
})

describe('dropping', () => {
  const edited = aggregating({ over: tumbling('1m') }, same)

  test('only what is named, and only where it does not fit', () => {
    expect(edit(edited).refused).toHaveLength(1)
    expect(edit(edited, ['climate', 'eventTime-1'])).toEqual({
      refused: [],
      dropped: ['climate'],
      fresh: ['climate'],
      notes: ['`climate`: window was tumbling 5m, and is tumbling 1m; its state is dropped as was asked'],
    })
    expect(edit(edited, ['klimate']).refused).toHaveLength(1)
  })

  test('what is gone is dropped and not fresh; what is new is fresh, and said', () => {
    const renamed = edit(
      tools => [readings(tools).pipe(aggregate('klima', { ...by, over: tumbling('5m') } as never, same as never), into(view('climate')))],
      ['climate'],
    )
    expect(renamed).toMatchObject({ refused: [], dropped: ['climate'], fresh: ['klima'] })
    expect(renamed.notes.at(-1)).toBe(
      '`klima` (aggregate) is new and begins in the middle: its first results hold only what comes from now on',
    )
  })
})

test('the late port of an aggregate hands on the time of its input', () => {
  const late = shape(tools => [
    readings(tools).pipe(
      aggregate(
        'climate',
        {
          ...by,
          over: tumbling('5m'),
          late: (rows: ReturnType<typeof readings>) =>
            rows.pipe(aggregate('lost', { ...by, over: tumbling('1h') } as never, same as never), into(view('lost'))),
        } as never,
        same as never,
      ),
      aggregate('daily', { over: tumbling('1d') } as never, { n: count() } as never),
      into(view('climate')),
    ),
  ])
  expect(late['lost']!.feeds).toEqual([['readings']])
  expect(late['daily']!.feeds).toEqual([['climate']])
})
