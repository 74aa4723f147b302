import { map } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { amqp, amqpSink, messageId } from '../../connectors/amqp/index.js'
import { json } from '../../src/codecs/json.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import type { IdSpec, SourcePromise, SourceSpec } from '../../src/connector/source.js'
import { type GuaranteeFacts, guaranteeOf } from '../../src/job/guarantee.js'
import { job } from '../../src/job/job.js'
import { number, schema, text } from '../../src/model/fields.js'
import type { GuaranteeLevel } from '../../src/model/guarantee.js'
import { filterRows } from '../../src/operators/filter-rows.js'
import { into } from '../../src/operators/into.js'
import { merge } from '../../src/operators/merge.js'
import { rx } from '../../src/operators/rx.js'
import type { Output, Stream } from '../../src/operators/stream.js'
import { where } from '../../src/operators/where.js'
import { collectSink } from '../../src/testing/collect-sink.js'
import { rowsSource } from '../../src/testing/rows-source.js'
import { view } from '../../src/views/view-sink.js'

const Reading = schema({ room: text(), celsius: number() })
type Row = { room: string; celsius: number }
const decode = json(Reading)

/** A source that is not AMQP, with what it promises. */
const promising = (promise: SourcePromise, id?: IdSpec): SourceSpec<Row> => ({ ...rowsSource(Reading), id, promise })

const sources = {
  queue: id => amqp({ address: 'telemetry', decode, ...(id && { id }) }),
  'durable subscription': id => amqp({ address: 'telemetry', subscription: { name: 'desk', durable: true }, decode, ...(id && { id }) }),
  'non-durable topic': id => amqp({ address: 'telemetry', kind: 'topic', decode, ...(id && { id }) }),
  'direct link': id => amqp({ address: 'telemetry', kind: 'anycast', decode, ...(id && { id }) }),
  multicast: id => amqp({ address: 'telemetry', kind: 'multicast', decode, ...(id && { id }) }),
  'pre-settled': id => promising({ unaccepted: 'gone', meanwhile: 'kept', repeats: false, readers: 'one' }, id),
  log: id => promising({ unaccepted: 'log', meanwhile: 'kept', repeats: false, readers: 'one' }, id),
  // Read again from its beginning, since nobody remembers how far it was read.
  bounded: id => promising({ unaccepted: 'again', meanwhile: 'kept', repeats: true, readers: 'one' }, id),
} satisfies Record<string, (id: IdSpec | undefined) => SourceSpec<Row>>

const sinks = {
  view: view('out'),
  transactional: { ...collectSink<Row>('out', 'sink'), promise: { guarantee: 'transactional' } },
  idempotent: amqpSink<Row>('out', { address: 'results', idCacheSize: 20_000 }),
  append: amqpSink<Row>('out', { address: 'results', idCacheSize: 0 }),
} satisfies Record<string, SinkSpec<Row>>

const operators = {
  pure: where<Row>(r => r.celsius.gt(-40)),
  opaque: rx<Row>(
    'audit',
    map(batch => batch),
  ),
}

type Sink = keyof typeof sinks
type Source = keyof typeof sources

/** E exactly, L at least, M at most once, – nothing. Only of journaled jobs whose operators are pure: nothing else is promised anything. */
const expected: readonly (readonly [source: Source, id: 'id' | 'none', ...string[]])[] = [
  //                               view transactional idempotent append
  ['queue', 'id', 'E', 'E', 'E', 'L'],
  ['queue', 'none', 'L', 'L', 'L', 'L'],
  ['durable subscription', 'id', 'E', 'E', 'E', 'L'],
  ['durable subscription', 'none', 'L', 'L', 'L', 'L'],
  ['non-durable topic', 'id', 'M', 'M', 'M', '–'],
  ['non-durable topic', 'none', '–', '–', '–', '–'],
  ['direct link', 'id', 'E', 'E', 'E', 'L'],
  ['direct link', 'none', 'L', 'L', 'L', 'L'],
  ['multicast', 'id', 'M', 'M', 'M', '–'],
  ['multicast', 'none', '–', '–', '–', '–'],
  ['pre-settled', 'id', 'M', 'M', 'M', '–'],
  ['pre-settled', 'none', 'M', 'M', 'M', '–'],
  ['log', 'id', 'E', 'E', 'E', 'L'],
  ['log', 'none', 'E', 'E', 'E', 'L'],
  ['bounded', 'id', 'E', 'E', 'E', 'L'],
  ['bounded', 'none', 'L', 'L', 'L', 'L'],
]
const columns: readonly Sink[] = ['view', 'transactional', 'idempotent', 'append']
const levels: Readonly<Record<string, GuaranteeLevel>> = { E: 'exactly-once', L: 'at-least-once', M: 'at-most-once', '–': 'none' }
const words: Readonly<Record<GuaranteeLevel, RegExp>> = {
  'exactly-once': /^exactly once/,
  'at-least-once': /^at least once: ./,
  'at-most-once': /^at most once: ./,
  none: /^no guarantee.*: ./,
}

const cases = expected.flatMap(([source, id, ...letters]) =>
  columns.flatMap((sink, column) =>
    (['journal', 'none'] as const).flatMap(journal =>
      (['pure', 'opaque'] as const).map(operator => {
        const level = journal === 'journal' && operator === 'pure' ? levels[letters[column]!]! : 'none'
        return { source, id, sink, journal, operator, level }
      }),
    ),
  ),
)

const journaled: GuaranteeFacts = { journal: true, remembered: { ids: 1_000_000, ms: 600_000 } }

/** The guarantee of a job from one source through `pipe` to its sinks. */
const promised = (source: SourceSpec<Row>, outputs: (rows: Stream<Row>) => readonly Output[], facts: Partial<GuaranteeFacts> = {}) =>
  guaranteeOf(job('climate', ({ read }) => outputs(read('readings', source))).start({ bounded: false }), { ...journaled, ...facts })

describe('the guarantee of every combination', () => {
  test('there are 256', () => {
    expect(cases).toHaveLength(2 * 2 * 8 * 4 * 2)
    expect(new Set(cases.map(({ level: _, ...rest }) => JSON.stringify(rest))).size).toBe(256)
  })

  test.each(cases)('$source, id: $id, journal: $journal, $operator operator, $sink sink: $level', combination => {
    const { source, id, journal, operator, sink, level } = combination
    const found = promised(
      sources[source](id === 'id' ? messageId() : undefined),
      rows => [rows.pipe(operators[operator], into(sinks[sink] as SinkSpec<Row>))],
      { journal: journal === 'journal' },
    )
    expect(found).toMatchObject({ level, sinks: [{ sink: 'out', level }] })
    expect(found.label).toMatch(words[level])
    expect(found.why.length).toBeGreaterThan(1)
    expect(new Set(found.why).size).toBe(found.why.length)
  })
})

describe('what the label says', () => {
  const byId = sources.queue(messageId())
  const toView = (rows: Stream<Row>): readonly Output[] => [rows.pipe(into(view('latest')))]
  const toAlerts = (rows: Stream<Row>): readonly Output[] => [rows.pipe(into(amqpSink('alerts', { address: 'alerts' })))]

  test('exactly once names its bounds', () => {
    const { label, why } = promised(byId, toView)
    expect(label).toBe('exactly once within 1,000,000 ids or 10 minutes, as the only consumer')
    expect(why).toEqual([
      'a message is accepted, and what it caused sent, once it is in the journal; after a crash the journal is replayed',
      "a message of 'readings' that comes again is known by its message-id, within 1,000,000 ids or 10 minutes; one without it counts again",
      "'readings' is taken to be the only reader of its address: what another took and did not accept would count in both",
      "'readings': only messages that are marked durable outlive a crash of the broker, such as the embedded node",
      "the view 'latest' is made again from snapshot and journal; a row replaces its earlier one",
    ])
    const other = { remembered: { ids: 5_000, ms: 90_000 } }
    expect(promised(byId, toView, other).label).toBe('exactly once within 5,000 ids or 90s, as the only consumer')
  })

  test("the author's word that nobody else reads, and a subscription of one's own, need no caveat", () => {
    const exclusive = amqp({ address: 'telemetry', exclusive: true, id: messageId(), decode })
    for (const source of [exclusive, sources['durable subscription'](messageId())])
      expect(promised(source, toView).label).toBe('exactly once within 1,000,000 ids or 10 minutes')
    expect(promised(sources.log(undefined), toView).label).toBe('exactly once')
  })

  test('readers that share a subscription cannot tell each other the ids', () => {
    const shared = amqp({ address: 'telemetry', subscription: { name: 'desk', durable: true, shared: true }, id: messageId(), decode })
    const { level, label } = promised(shared, toView)
    expect(level).toBe('at-least-once')
    expect(label).toBe("at least once: 'readings' shares its messages with other readers")
  })

  test('a missing id is named, and comes first', () => {
    const { label, why } = promised(sources.queue(undefined), toView)
    expect(label).toBe("at least once: 'readings' names no id, so a message that is sent again counts again")
    expect(why[0]).toBe("'readings' names no id, so a message that is sent again counts again; name one with `id`")
  })

  test('a sink that only its broker can judge is at least once until it is open', () => {
    const closed = promised(byId, toAlerts)
    expect(closed).toMatchObject({
      level: 'at-least-once',
      label: "at least once: results of 'alerts' may repeat, unless its peer drops them",
    })
    expect(closed.why[0]).toContain("Artemis, and Millrace's node with a data folder, drop it by its id")
    const open = (guarantee: 'idempotent' | 'append', remembers?: number, why?: string) =>
      promised(byId, toAlerts, { writers: new Map([['alerts', { guarantee, remembers, why }]]) })
    expect(open('idempotent', 20_000)).toMatchObject({
      level: 'exactly-once',
      label: "exactly once within 1,000,000 ids or 10 minutes, as the only consumer, while the peer of 'alerts' remembers 20,000 ids",
    })
    expect(open('append')).toMatchObject({ level: 'at-least-once', label: "at least once: results of 'alerts' may repeat after a crash" })
    expect(open('append').why[0]).toContain('are sent again, and its peer keeps both')
    expect(open('append', undefined, 'its peer keeps ids in memory only').why[0]).toContain(
      'sent again, and its peer keeps ids in memory only',
    )
  })

  test('what turned out at run time takes the place of what was promised', () => {
    const toIdempotent = (rows: Stream<Row>) => [rows.pipe(into(sinks.idempotent))]
    expect(promised(byId, toIdempotent).level).toBe('exactly-once')
    const writers = new Map([['out', { guarantee: 'append' as const }]])
    expect(promised(byId, toIdempotent, { writers }).level).toBe('at-least-once')
  })

  test('a message that came settled makes a direct link at most once', () => {
    const direct = sources['direct link'](messageId())
    expect(promised(direct, toView)).toMatchObject({ level: 'exactly-once' })
    expect(promised(direct, toView).why.join()).not.toContain('durable')
    expect(promised(direct, toView).why).toContain("what a sender of 'readings' settles before it arrives counts at most once")
    const found = promised(direct, toView, { presettled: new Map([['readings', 1_234]]) })
    expect(found).toMatchObject({
      level: 'at-most-once',
      label: "at most once: some messages of 'readings' were settled before they arrived",
    })
    expect(found.why[0]).toContain('1,234 so far')
  })

  test('each sink is judged by what its rows come from, and the job by all of them', () => {
    const found = promised(byId, rows => [
      rows.pipe(into(view('latest'))),
      rows
        .pipe(
          rx(
            'audit',
            map(batch => batch),
          ),
        )
        .pipe(into(view('audited'))),
      rows.pipe(into(sinks.append)),
    ])
    expect(found.sinks!.map(({ sink, level }) => [sink, level])).toEqual([
      ['latest', 'exactly-once'],
      ['audited', 'none'],
      ['out', 'at-least-once'],
    ])
    expect(found).toMatchObject({ level: 'none', label: "no guarantee: 'audit' may keep state that no snapshot holds" })
  })

  test('what one source may lose and another repeat is no guarantee for both together', () => {
    const graph = job('climate', ({ read }) => {
      const a = read('a', sources['non-durable topic'](messageId()))
      const b = read('b', sources.queue(undefined))
      return [a.pipe(into(view('one'))), b.pipe(into(view('two'))), merge('all', a, b).pipe(into(view('both')))]
    }).start({ bounded: false })
    const found = guaranteeOf(graph, journaled)
    expect(found.sinks!.map(({ level }) => level)).toEqual(['at-most-once', 'at-least-once', 'none'])
    expect(found).toMatchObject({ level: 'none', label: 'no guarantee: messages may be lost, and others counted or sent twice' })
  })

  test('row functions are trusted, and named; an operator said to be pure is not even that', () => {
    const found = promised(byId, rows => [
      rows.pipe(
        filterRows('plausible', r => r.celsius < 100),
        into(view('latest')),
      ),
    ])
    expect(found.level).toBe('exactly-once')
    expect(found.why).toContain("the JavaScript of 'plausible' is trusted to give the same for the same row")
    const pure = promised(byId, rows => [
      rows.pipe(
        rx(
          'as-is',
          map(batch => batch),
          { pure: true },
        ),
        into(view('latest')),
      ),
    ])
    expect(pure.level).toBe('exactly-once')
    expect(pure.why.join()).not.toContain('as-is')
  })

  test('of a source that promises nothing nothing is promised', () => {
    const silent = { ...rowsSource(Reading), id: messageId() }
    expect(promised(silent, toView)).toMatchObject({
      level: 'at-most-once',
      label: "at most once: nothing is known of what feeds 'readings'",
    })
    expect(promised(rowsSource(Reading), toView).level).toBe('none')
  })

  test('without a data folder nothing is kept over a crash, whatever the rest', () => {
    const found = promised(sources.log(messageId()), toView, { journal: false })
    expect(found.label).toBe('no guarantee over a crash: open windows may be lost, results repeated')
    expect(found.why[0]).toContain('no data folder')
  })
})
