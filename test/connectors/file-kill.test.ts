import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile, readdir, readFile, rename, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Command, millrace } from '../cli/command.js'
import { until } from '../support/until.js'

const root = mkdtempSync(join(tmpdir(), 'millrace-file-kill-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const start = Date.UTC(2026, 0, 1)
const motes = 5

/** Every line as it comes, and counts by the minute: what went in must be in both, once. */
const jobText = (
  follow: boolean,
) => `import { aggregate, count, eventTime, integer, into, job, schema, sum, timestamp, tumbling } from 'millrace'
import { csv, file, fileSink } from 'millrace/file'
const Reading = schema({ at: timestamp('epoch-ms'), n: integer(), mote: integer() })
export default job('motes', ({ read }) => {
  const readings = read('readings', file({ path: 'readings.csv', decode: csv(Reading), follow: ${follow} }))
  const minutes = readings.pipe(
    eventTime(r => r.at, { outOfOrderness: '5s' }),
    aggregate('minutes', { by: r => ({ mote: r.mote }), over: tumbling('1m') }, { rows: count(), total: sum(r => r.n) }),
  )
  return [
    readings.pipe(into(fileSink('all', { path: 'out/all.ndjson', rotate: { bytes: 400_000 } }))),
    minutes.pipe(into(fileSink('minutes', { path: 'out/minutes.csv', format: 'csv' }))),
  ]
})
`

interface Place {
  readonly folder: string
  run(): Command
}

function place(name: string, follow: boolean): Place {
  const folder = mkdtempSync(join(root, name))
  writeFileSync(join(folder, 'motes.job.ts'), jobText(follow))
  return { folder, run: () => millrace(['run', 'motes.job.ts', '--no-http', '--data', 'data'], { cwd: folder }) }
}

const header = 'at,n,mote\n'
const isBroken = (n: number): boolean => n % 997 === 500
const line = (n: number): string => (isBroken(n) ? `${start + n * 100},${n}\n` : `${start + n * 100},${n},${n % motes}\n`)
const linesOf = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => line(from + i)).join('')
const whole = (count: number): number[] => Array.from({ length: count }, (_, n) => n).filter(n => !isBroken(n))

/** Of all files of the sink, in the order in which they were written. */
async function resultsOf(folder: string, stem: string): Promise<string> {
  const out = join(folder, 'out')
  const names = (await readdir(out).catch(() => [])).filter(name => name.startsWith(stem) && !name.includes('.position'))
  // The one without a number is the newest.
  names.sort((a, b) => Number(a.includes('-') ? 0 : 1) - Number(b.includes('-') ? 0 : 1) || (a < b ? -1 : 1))
  return (await Promise.all(names.map(name => readFile(join(out, name), 'utf8')))).join('')
}

async function bytesOut(folder: string): Promise<number> {
  const out = join(folder, 'out')
  const names = await readdir(out).catch(() => [])
  const sizes = await Promise.all(
    names.map(name =>
      stat(join(out, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const hasEnded = ({ process }: Command): boolean => process.exitCode !== null

async function killed(command: Command): Promise<void> {
  command.process.kill('SIGKILL')
  await command.done
}

const numbersIn = (ndjson: string): number[] =>
  ndjson
    .split('\n')
    .slice(0, -1)
    .map(text => (JSON.parse(text) as { n: number }).n)

/** Counts and sums of whole lines by minute and mote, computed by hand. */
function minutesOf(count: number): string[] {
  const sums = new Map<string, [number, number]>()
  for (const n of whole(count)) {
    const minute = new Date(Math.floor((start + n * 100) / 60_000) * 60_000).toISOString()
    const key = `${minute},${n % motes}`
    const [rows, total] = sums.get(key) ?? [0, 0]
    sums.set(key, [rows + 1, total + n])
  }
  return [...sums].map(([key, [rows, total]]) => `${key},${rows},${total}`).sort()
}

function minutesIn(text: string): string[] {
  const [head, ...rows] = text.trimEnd().split('\n')
  const names = head!.split(',')
  const at = ['window_start', 'mote', 'rows', 'total'].map(name => names.indexOf(name))
  return rows.map(row => at.map(i => row.split(',')[i]).join(',')).sort()
}

describe('a file job that is killed', () => {
  it('goes on in the file where its journal ends: every line once in both results, broken ones once in the dead letters', async () => {
    const count = 150_000
    const { folder, run } = place('bounded-', false)
    writeFileSync(join(folder, 'readings.csv'), header + linesOf(0, count))
    for (const wanted of [1, 1_200_000, 2_900_000]) {
      const command = run()
      await until(`${wanted} bytes of results`, async () => hasEnded(command) || (await bytesOut(folder)) >= wanted, 60_000)
      await killed(command)
    }
    const last = await run().done
    expect(last.code, last.stderr).toBe(0)
    expect(last.stderr).toMatch(/goes on in readings.csv at line [\d,]+/)
    expect(numbersIn(await resultsOf(folder, 'all'))).toEqual(whole(count))
    expect(minutesIn(await resultsOf(folder, 'minutes'))).toEqual(minutesOf(count))
    const letters = (await readFile(join(folder, 'data', 'dead-letters.ndjson'), 'utf8')).trimEnd().split('\n')
    const broken = Array.from({ length: count }, (_, n) => n).filter(isBroken)
    expect(letters.map(letter => (JSON.parse(letter) as { reason: string }).reason)).toEqual(
      // The header is line 1.
      broken.map(n => `readings.csv line ${n + 2}: the line has 2 cells, the header 3`),
    )
  }, 180_000)

  it('follows a file that grows and is rotated meanwhile, also while nobody reads', async () => {
    const { folder, run } = place('followed-', true)
    const path = join(folder, 'readings.csv')
    writeFileSync(path, header)
    let written = 0
    let turns = 0
    const write = async (count: number): Promise<void> => {
      // A line in two parts, and a rotation every time.
      const text = linesOf(written, written + count)
      await appendFile(path, text.slice(0, -7))
      await appendFile(path, text.slice(-7))
      written += count
    }
    const rotate = async (): Promise<void> => {
      await rename(path, `${path}.${++turns}`)
      writeFileSync(path, header)
    }
    const taken = async (): Promise<number> => numbersIn(await resultsOf(folder, 'all')).length
    for (let life = 0; life < 3; life++) {
      const command = run()
      await write(3_000)
      await until('some of it', async () => (await taken()) > whole(written).length - 2_900 || hasEnded(command), 60_000)
      await rotate()
      await write(2_000)
      if (life % 2 === 0) await until('all of it', async () => (await taken()) === whole(written).length || hasEnded(command), 60_000)
      await killed(command)
      await write(1_000)
      await rotate()
      await write(500)
    }
    const last = run()
    await until('all of it', async () => (await taken()) === whole(written).length || hasEnded(last), 60_000)
    last.process.kill('SIGTERM')
    const { code, stderr } = await last.done
    expect(code, stderr).toBe(0)
    expect(numbersIn(await resultsOf(folder, 'all'))).toEqual(whole(written))
  }, 180_000)
})
