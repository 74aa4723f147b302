import { delay } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { json } from '../../src/codecs/json.js'
import {
  aggregate,
  count,
  derive,
  eventTime,
  into,
  type Job,
  job,
  number,
  type Output,
  rx,
  type Stream,
  schema,
  select,
  text,
  timestamp,
  tumbling,
} from '../../src/index.js'
import type { Batch } from '../../src/model/batch.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { timeBatch } from '../../src/runtime/flow/chunk-batch.js'
import { collectSink, rowsSource, testJob } from '../../src/testing/index.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp().nullable() })
type Row = typeof Reading extends { readonly row?: infer R } ? NonNullable<R> : never
type Build = (rows: Stream<Row>) => Output

const written = (build: Build, id = 'refused'): Job =>
  job(id, ({ read }) => [build(read('rows', { ...rowsSource(Reading), decoder: json(Reading) }))])
const started = (build: Build) => written(build).start({ bounded: false })
const out = () => into(collectSink<unknown>('out'))
const windows = (rows: Stream<Row>) =>
  rows.pipe(aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('1m') }, { n: count() }))
const sound = (rows: Stream<Row>) => rows.pipe(out())
const clock = { wall: 0, stream: 0, partition: 0, frozen: false }

/** What job code and its tests do wrong, by the code that they get. */
const faults: readonly (readonly [code: string, fault: string, commit: () => unknown])[] = [
  ['MR102', 'a path with an empty key', () => schema({ room: text().at('data..room') })],
  ['MR103', 'a time format that nobody knows', () => schema({ at: timestamp('iso' as 'rfc3339') })],
  [
    'MR152',
    'a stream kept from another run',
    () => {
      let kept: Stream<Row> | undefined
      started(rows => {
        kept = rows
        return rows.pipe(out())
      })
      return started(rows => {
        const joined = rows.builder.add<Row>({
          op: 'join',
          id: 'join',
          inputs: [rows, kept!],
          params: {},
          columns: rows.columns,
          uses: 'all',
          passes: true,
          logic: () => ({ onBatch: (batch, emit) => emit(batch) }),
        })
        return joined.pipe(out())
      })
    },
  ],
  [
    'MR154',
    'an RxJS operator that answers later',
    () => {
      const graph = started(rows =>
        rows.pipe(
          rx<Row>('late', source => {
            const given: Batch<Row>[] = []
            source.subscribe(batch => void given.push(batch))
            return source.pipe(delay(0))
          }),
          out(),
        ),
      )
      graph.begin(1)
      graph.push('rows', timeBatch(0, clock, 0))
      return new Promise((_, reject) =>
        setTimeout(() => {
          try {
            graph.push('rows', timeBatch(0, clock, 0))
          } catch (error) {
            reject(error)
          }
        }, 20),
      )
    },
  ],
  [
    'MR155',
    'select without the key of the windows',
    () =>
      started(rows =>
        windows(rows).pipe(
          select(w => ({ n: w.n })),
          out(),
        ),
      ),
  ],
  [
    'MR155',
    'derive over the key of the windows',
    () =>
      started(rows =>
        windows(rows).pipe(
          derive(w => ({ room: w.n })),
          out(),
        ),
      ),
  ],
  [
    'MR158',
    'event time of window results',
    () =>
      started(rows =>
        windows(rows).pipe(
          eventTime(w => w.window_end, { outOfOrderness: '1s' }),
          out(),
        ),
      ),
  ],
  [
    'MR165',
    'read without a source',
    () => job('none', ({ read }) => [read('rows', undefined as never).pipe(out())]).start({ bounded: false }),
  ],
  ['MR168', 'rows for a source that the job does not have', () => started(sound).push('other', timeBatch(0, clock, 0))],
  ['MR169', 'state of an operator that is gone', () => started(sound).restore(started(rows => windows(rows).pipe(out())).snapshot())],
  ['MR470', 'a tap on an edge that is not there', () => started(sound).tap('rows', 'view:uot', () => undefined)],
  [
    'MR195',
    'a test row without a field',
    () =>
      testJob(written(sound))
        .source('rows')
        .send([{ room: 'hall' }]),
  ],
  [
    'MR195',
    'a test row with a field too many',
    () =>
      testJob(written(sound))
        .source('rows')
        .send([{ room: 'hall', celsius: 1, door: 2 }]),
  ],
  ['MR195', 'the schema of something else', () => testJob(written(sound)).source('rows', schema({ door: number() }))],
  ['MR196', 'a source that the job does not have', () => testJob(written(sound)).source('row')],
  ['MR196', 'a view that the job does not have', () => testJob(written(sound)).rows('uot')],
  ['MR197', 'a time without a zone', () => testJob(written(sound), { now: '2024-01-01 00:00' })],
  ['MR197', 'a clock that goes back', () => testJob(written(sound)).advanceTo('2023-12-31T00:00:00Z')],
  [
    'MR198',
    'rows after the end',
    () => {
      const test = testJob(written(sound))
      test.finish()
      test.source('rows').send([{ room: 'hall', celsius: 1 }])
    },
  ],
]

describe('what job code does wrong', () => {
  it.each(faults)('%s: %s', async (code, _, commit) => {
    const error = await Promise.resolve()
      .then(commit)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
    expect(error).toBeInstanceOf(MillraceError)
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/.{10,}/) as string,
      hint: expect.stringMatching(/.{10,}/) as string,
    })
  })

  it('MR156: a row without its event time is a dead letter, its neighbours go on', () => {
    const test = testJob(
      written(rows =>
        rows.pipe(
          eventTime(r => r.at, { outOfOrderness: '1s' }),
          out(),
        ),
      ),
    )
    test.source('rows', Reading).send([
      { room: 'hall', celsius: 1 },
      { room: 'attic', celsius: 2, at: test.now },
    ])
    expect(test.deadLetters).toMatchObject([{ source: 'rows', code: 'MR156', reason: expect.stringContaining('`at` is null') as string }])
    expect(test.rows('out')).toMatchObject([{ room: 'attic' }])
  })
})
