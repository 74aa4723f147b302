import { execFileSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, rmdir, statfs, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it, type TestContext } from 'vitest'
import { csv, type FileSinkOptions, file, fileSink } from '../../connectors/file/index.js'
import { job } from '../../src/job/job.js'
import { integer, schema, text } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { suiteBatch, suiteRows } from '../../src/testing/connector-rows.js'
import { failure } from '../../src/testing/connector-writing.js'
import { disposals } from '../interop/disposals.js'
import { connectorContext } from '../support/connector-context.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'

const opened = disposals()
const newFolder = async () => opened(await mkdtemp(join(tmpdir(), 'millrace-file-sink-')), it => rm(it, { recursive: true, force: true }))

/** A file system of one MB in memory; skips the test where this machine lets nobody mount one. */
async function smallFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    await rmdir(folder)
    return context.skip('this machine mounts no tmpfs for us')
  }
  return opened(folder, async () => {
    execFileSync('umount', ['-l', folder])
    await rmdir(folder)
  })
}

const Row = schema({ n: integer(), fill: text() })

/** Every line of a followed file goes into a result file; data and input lie elsewhere. */
async function copying(path: string) {
  const folder = await newFolder()
  const input = join(folder, 'in.csv')
  await writeFile(input, 'n,fill\n')
  const copy = job('copy', ({ read }) => [
    read('rows', file({ path: input, decode: csv(Row), follow: true })).pipe(into(fileSink('out', { path }))),
  ])
  const log = recordingLog()
  const running = opened(await startJobs({ jobs: [copy], log, env: {}, dataDir: join(folder, 'data') }), it => it.stop(2_000))
  let next = 0
  return {
    log,
    summary: () => running.host.jobs()[0]!,
    async send(count: number) {
      await appendFile(input, Array.from({ length: count }, () => `${next++},${'x'.repeat(200)}\n`).join(''))
    },
    async arrived() {
      await until(`${next} rows`, async () => (await numbersIn(path)).length >= next)
      expect(await numbersIn(path)).toEqual(Array.from({ length: next }, (_, n) => n))
    },
  }
}

const numbersIn = async (path: string): Promise<number[]> =>
  (await readFile(path, 'utf8').catch(() => ''))
    .split('\n')
    .slice(0, -1)
    .map(line => (JSON.parse(line) as { n: number }).n)

describe('a result file that cannot be written', () => {
  it('on a disk that is full: the job waits, says why, and goes on by itself; every row is there once', async context => {
    const folder = await smallFolder(context)
    const path = join(folder, 'out', 'rows.ndjson')
    const { send, arrived, summary } = await copying(path)
    await send(100)
    await arrived()
    const ballast = join(folder, 'ballast')
    const { bavail, bsize } = await statfs(folder)
    await writeFile(ballast, Buffer.alloc(bavail * bsize - 8_192))
    await send(1_000)
    const why = await until('it says why', () => summary().attention.find(one => /ENOSPC/.test(one)))
    expect(why).toContain('cannot be written')
    await unlink(ballast)
    await arrived()
    await send(100)
    await arrived()
    await until('all is well', () => summary().attention.length === 0)
  }, 120_000)

  it('in a folder that is read-only, and then is not', async context => {
    const folder = await smallFolder(context)
    const path = join(folder, 'rows.ndjson')
    execFileSync('mount', ['-o', 'remount,ro', folder])
    expect(await fileSink('out', { path }).check(connectorContext(), 1_000)).toMatchObject([
      { ok: false, code: 'MR335', severity: 'error' },
    ])
    const writer = opened(await fileSink('out', { path }).open(connectorContext({ journal: 'a' })), it => it.close())
    expect(await failure(writer.open())).toMatchObject({ code: 'MR335', message: expect.stringContaining('EROFS') })
    execFileSync('mount', ['-o', 'remount,rw', folder])
    await writer.open()
    await writer.write(suiteBatch(suiteRows(3)), { entry: 1, ordinal: 0 })
    expect(await numbersIn(path)).toEqual([0, 1, 2])
  })

  it('where a file stands in the way of its folder, until that is moved', async () => {
    const folder = await newFolder()
    const path = join(folder, 'results', 'rows.ndjson')
    await writeFile(join(folder, 'results'), 'in the way')
    expect(await fileSink('out', { path }).check(connectorContext(), 1_000)).toMatchObject([
      { ok: false, message: expect.stringContaining('is not a folder') },
    ])
    const writer = opened(await fileSink('out', { path }).open(connectorContext({ journal: 'a' })), it => it.close())
    expect(await failure(writer.open())).toMatchObject({ code: 'MR335', action: 'back-off' })
    expect(writer.status()).toMatchObject({ connected: false, error: { code: 'MR335' } })
    await unlink(join(folder, 'results'))
    expect(await writer.open()).toBeUndefined()
    await writer.write(suiteBatch(suiteRows(3)), { entry: 1, ordinal: 0 })
    expect(await numbersIn(path)).toEqual([0, 1, 2])
    expect(writer.status()).toMatchObject({ connected: true, pending: 0 })
  })

  it('and is a folder itself, or a pipe', async () => {
    const folder = await newFolder()
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const [path, what] of [
      [folder, 'a folder'],
      [pipe, 'a pipe'],
      ['/dev/null', 'a device'],
    ] as const) {
      expect(await fileSink('out', { path }).check(connectorContext(), 1_000)).toMatchObject([
        { ok: false, message: expect.stringContaining(`it is ${what}`) },
      ])
      const writer = opened(await fileSink('out', { path }).open(connectorContext({ journal: 'a' })), it => it.close())
      expect(await failure(writer.open())).toMatchObject({ code: 'MR335', message: `${path} cannot be written: it is ${what}, not a file` })
    }
  })
})

describe('what a result file holds', () => {
  it('in CSV is what the source reads, and a column for rows that are withdrawn comes when there is one', async () => {
    const folder = await newFolder()
    const path = join(folder, 'rows.csv')
    const writer = await fileSink('out', { path, format: 'csv' }).open(connectorContext({ journal: 'a' }))
    await writer.open()
    const odd = { device: '', n: 0, at: 0, note: null }
    await writer.write(suiteBatch([odd, { ...odd, n: 1, device: ' a,"b"\r\n', note: '' }]), { entry: 1, ordinal: 0 })
    await writer.write({ ...suiteBatch([odd]), removed: Uint8Array.of(1) }, { entry: 2, ordinal: 0 })
    await writer.write(suiteBatch([{ ...odd, n: 2 }]), { entry: 3, ordinal: 0 })
    await writer.close()
    expect(await readFile(join(folder, 'rows-000001.csv'), 'utf8')).toBe(
      'device,n,at,note\n"",0,1970-01-01T00:00:00.000Z,\n" a,""b""\r\n",1,1970-01-01T00:00:00.000Z,""\n',
    )
    expect(await readFile(path, 'utf8')).toBe(
      'device,n,at,note,removed\n"",0,1970-01-01T00:00:00.000Z,,true\n"",2,1970-01-01T00:00:00.000Z,,\n',
    )
  })

  it('is read by others as it was: DuckDB finds the same typed rows in both formats', async () => {
    const folder = await newFolder()
    const odd = ['Küche "1"', 'a,b', 'two\nlines', '', ' space ', 'null', '=1+1', '🌡️']
    const rows = odd.map((device, n) => ({ device, n: n - 3, at: 1_700_000_000_123 + n, note: n % 2 === 0 ? null : device }))
    for (const format of ['csv', 'ndjson'] as const) {
      const writer = await fileSink('out', { path: join(folder, `rows.${format}`), format }).open(connectorContext())
      await writer.write(suiteBatch(rows), { entry: 1, ordinal: 0 })
      await writer.close()
    }
    const duck = await (await DuckDBInstance.create()).connect()
    const read = async (from: string) => {
      const answer = await duck.runAndReadAll(
        `select device, n::int as n, epoch_ms("at"::timestamptz)::double as "at", note from ${from} order by n`,
      )
      return answer.getRowObjectsJS()
    }
    // An empty text is told from null by its quotes.
    expect(await read(`read_csv('${join(folder, 'rows.csv')}', header = true, nullstr = '', allow_quoted_nulls = false)`)).toEqual(rows)
    expect(await read(`read_ndjson('${join(folder, 'rows.ndjson')}')`)).toEqual(rows)
    duck.closeSync()
  })

  it('is not written by a second sink: MR336', async () => {
    const path = join(await newFolder(), 'rows.ndjson')
    const one = opened(await fileSink('one', { path }).open(connectorContext({ id: 'one' })), it => it.close())
    await one.open()
    const other = opened(await fileSink('other', { path }).open(connectorContext({ id: 'other' })), it => it.close())
    expect(await failure(other.open())).toMatchObject({ code: 'MR336', action: 'stop' })
  })

  it('is not written again by an attempt that had succeeded', async () => {
    const path = join(await newFolder(), 'rows.ndjson')
    const writer = opened(await fileSink('out', { path }).open(connectorContext({ journal: 'a' })), it => it.close())
    await writer.write(suiteBatch(suiteRows(2)), { entry: 3, ordinal: 1 })
    await writer.write(suiteBatch(suiteRows(2)), { entry: 3, ordinal: 1 })
    await writer.write(suiteBatch(suiteRows(1, 2)), { entry: 3, ordinal: 3 })
    expect(await numbersIn(path)).toEqual([0, 1, 2])
  })

  it('is named by options that are checked: MR302', () => {
    const wrong = { path: '', format: 'xml', rotate: { bytes: 0, evry: '1h' }, keep: 3 } as unknown as FileSinkOptions
    expect(() => fileSink('out', wrong)).toThrowError(
      expect.objectContaining({ code: 'MR302', notes: expect.arrayContaining(["`format` wants 'ndjson' or 'csv'"]) }),
    )
    expect(() => fileSink('out', { path: 'a', keep: 3 })).toThrowError(/nothing is put aside without `rotate`/)
  })
})
