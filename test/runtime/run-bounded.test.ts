import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFile } from '../../connectors/file/open-file.js'
import { count } from '../../src/aggregates/count.js'
import { sum } from '../../src/aggregates/sum.js'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { valueAt } from '../../src/model/columns.js'
import { number, schema, text, timestamp } from '../../src/model/fields.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { merge } from '../../src/operators/merge.js'
import type { BoundedFile, BoundedLetter } from '../../src/runtime/bounded/bounded-input.js'
import { runBounded } from '../../src/runtime/bounded/run-bounded.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSource } from './fake-source.js'

const S = schema({ room: text(), n: number(), at: timestamp('epoch-ms') })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-bounded-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, rows: readonly (readonly [string, number | string, number])[], timeField?: string): Promise<BoundedFile> {
  const path = join(folder, name)
  await writeFile(path, ['room,n,at', ...rows.map(row => row.join(','))].join('\n'))
  return { ...(await openFile(path, S)), ...(timeField !== undefined && { timeField }) }
}

async function run(built: ReturnType<typeof job>, files: Readonly<Record<string, BoundedFile>>) {
  const rows: unknown[][] = []
  const ids: string[] = []
  const letters: BoundedLetter[] = []
  const result = await runBounded({
    job: built,
    files: new Map(Object.entries(files)),
    onOutput: output => {
      ids.push(...output.ids)
      for (let i = 0; i < output.length; i++) rows.push(output.schema.map(({ name }) => valueAt(output.columns[name]!, i)))
    },
    onDeadLetter: letter => void letters.push(letter),
  })
  return { rows, ids, letters, result }
}

const one = (outOfOrderness: '0s' | '1s' = '1s') =>
  job('one', ({ read }) => [
    read('in', new FakeSource().spec(json(S))).pipe(
      eventTime(r => r.at, { outOfOrderness }),
      aggregate('w', { by: r => ({ room: r.room }), over: tumbling('10s') }, { total: sum(r => r.n), n: count() }),
      into(view('w')),
    ),
  ])

test('all windows fire at the end, years of data pass no clock, bad lines are named', async () => {
  const year = 31_536_000_000
  const { rows, letters, result } = await run(one(), {
    in: await file('a.csv', [
      ['a', 1, 0],
      ['a', 2, 5000],
      ['b', 'x', 6000],
      ['b', 4, year],
    ]),
  })
  expect(rows.map(row => row.slice(0, 3))).toEqual([
    ['a', 3, 2],
    ['b', 4, 1],
  ])
  expect(letters.map(({ line, source, bytes }) => [line, source, new TextDecoder().decode(bytes)])).toEqual([[4, 'in', 'b,x,6000']])
  expect(result).toEqual({ rows: 3, late: 0, deadLettered: 1, results: 2 })
})

test('rows of several files meet in the order of their times, so none is late, and the run repeats itself', async () => {
  const two = () =>
    job('two', ({ read }) => {
      const left = read('left', new FakeSource().spec(json(S)))
      const right = read('right', new FakeSource().spec(json(S)))
      return [
        merge('both', left, right).pipe(
          eventTime(r => r.at, { outOfOrderness: '0s' }),
          aggregate('w', { by: r => ({ room: r.room }), over: tumbling('10s') }, { n: count() }),
          into(view('w')),
        ),
      ]
    })
  const rows = (offset: number) => Array.from({ length: 5000 }, (_, i) => ['a', 1, offset + i * 100] as const)
  const files = async () => ({ left: await file('l.csv', rows(0)), right: await file('r.csv', rows(50)) })
  const first = await run(two(), await files())
  expect(first.rows).toHaveLength(50)
  expect(first.rows.every(row => row[1] === 200)).toBe(true)
  expect(await run(two(), await files())).toEqual(first)
})

test('a job without event time needs a time field; every source needs a file', async () => {
  const plain = job('plain', ({ read }) => [
    read('in', new FakeSource().spec(json(S))).pipe(
      aggregate('w', { by: r => ({ room: r.room }), over: tumbling('10s') }, { n: count() }),
      into(view('w')),
    ),
  ])
  const rows = [
    ['a', 1, 0],
    ['a', 1, 25_000],
  ] as const
  await expect(run(plain, { in: await file('p.csv', rows) })).rejects.toMatchObject({ code: 'MR432' })
  await expect(run(plain, { in: await file('p.csv', rows, 'room') })).rejects.toMatchObject({
    code: 'MR432',
    hint: 'its timestamp fields are at',
  })
  expect((await run(plain, { in: await file('p.csv', rows, 'at') })).rows.map(row => row[1])).toEqual([1, 1])
  await expect(run(plain, {})).rejects.toMatchObject({ code: 'MR431' })
  await expect(run(one(), { in: await file('p.csv', rows), other: await file('p.csv', rows) })).rejects.toMatchObject({ code: 'MR431' })
})

test('a file without rows gives nothing', async () => {
  expect((await run(one(), { in: await file('empty.csv', []) })).result).toEqual({ rows: 0, late: 0, deadLettered: 0, results: 0 })
})

test('texts of rows that wait for another file keep their meaning', async () => {
  const two = job('two', ({ read }) => [
    merge(
      'both',
      read('left', new FakeSource().spec(json(S))).pipe(eventTime(r => r.at, { outOfOrderness: '0s' })),
      read('right', new FakeSource().spec(json(S))).pipe(eventTime(r => r.at, { outOfOrderness: '0s' })),
    ).pipe(aggregate('w', { by: r => ({ room: r.room }), over: tumbling('1s') }, { total: sum(r => r.n) }), into(view('w'))),
  ])
  // A key lives for one second only, so dictionaries forget it while later rows of the same chunk wait.
  const rows = (side: string, from: number) =>
    Array.from({ length: 50 }, (_, i) => [`${side}${i}`, i, from + i * 2_000] as readonly [string, number, number])
  const { rows: results } = await run(two, { left: await file('l.csv', rows('l', 0)), right: await file('r.csv', rows('r', 1_000)) })
  expect(results.map(row => row.slice(0, 2))).toEqual(
    Array.from({ length: 50 }, (_, i) => [
      [`l${i}`, i],
      [`r${i}`, i],
    ]).flat(),
  )
})
