import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { JobSummary } from '../../src/model/api.js'
import { until } from '../support/until.js'
import { type Command, millrace } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-amid-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Their chunk takes 80 s where a row takes 20 ms. */
const many = 4_000
/** Real ms, on a machine under load. */
const soon = 5_000

/** A row takes as long as the environment says, so that one text of the job is slow in one life and fast in the next. */
const jobText = `import { aggregate, count, eventTime, integer, into, job, mapRows, schema, timestamp, tumbling } from 'millrace'
import { csv, file, fileSink } from 'millrace/file'
const Reading = schema({ at: timestamp('epoch-ms'), n: integer() })
const rowMs = Number(process.env.ROW_MS)
const still = new Int32Array(new SharedArrayBuffer(4))
export default job('slow', ({ read }) => {
  const rows = read('readings', file({ path: 'readings.csv', decode: csv(Reading), follow: process.env.FOLLOW === '1' })).pipe(
    mapRows('map', Reading, row => {
      Atomics.wait(still, 0, 0, rowMs)
      if (row.n === 30) process.stderr.write('amid the chunk\\n')
      return row
    }),
    eventTime(r => r.at, { outOfOrderness: '0s' }),
  )
  return [
    rows.pipe(into(fileSink('rows', { path: 'rows.ndjson' }))),
    rows.pipe(aggregate('seconds', { over: tumbling('1s') }, { n: count() }), into(fileSink('seconds', { path: 'seconds.ndjson' }))),
  ]
})
`

function written(name: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
    return lines.map(line => JSON.parse(line) as Record<string, unknown>)
  } catch {
    return []
  }
}

/** Real ms from the signal to the end. */
async function signalled(command: Command, signal: NodeJS.Signals): Promise<{ code: number | null; stderr: string; ms: number }> {
  const began = performance.now()
  command.process.kill(signal)
  const { code, stderr } = await command.done
  return { code, stderr, ms: performance.now() - began }
}

describe('a start that takes a slow chunk in again', () => {
  const life = (command: string, rowMs: number, follow = '1') =>
    millrace([command, 'slow.job.ts', '--data', 'data', ...(command === 'drain' ? [] : ['--http', '127.0.0.1:0'])], {
      cwd: folder,
      env: { ROW_MS: `${rowMs}`, FOLLOW: follow },
    })

  it('heeds the first signal, and the next one takes it in once', async () => {
    writeFileSync(join(folder, 'slow.job.ts'), jobText)
    const start = Date.UTC(2026, 0, 1)
    const lines = Array.from({ length: many }, (_, n) => `${start + n},${n}\n`)
    writeFileSync(join(folder, 'readings.csv'), `at,n\n${lines.join('')}`)
    const first = life('run', 20)
    await first.said(/amid the chunk/)
    const page = (await first.said(/page +(http:\S+)/))[1]!
    await until('the journal holds the chunk', async () => {
      const [summary] = (await (await fetch(`${page}/api/v1/jobs`)).json()) as JobSummary[]
      return summary?.journal?.unsynced === 0
    })
    await signalled(first, 'SIGKILL')

    for (const [command, signal, code] of [
      ['run', 'SIGTERM', 0],
      ['run', 'SIGINT', 0],
      ['drain', 'SIGTERM', 1],
      ['dev', 'SIGTERM', 0],
    ] as const) {
      const slow = life(command, 20)
      await slow.said(/amid the chunk/)
      const ended = await signalled(slow, signal)
      expect(ended.ms, command).toBeLessThan(soon)
      expect(ended.code, ended.stderr).toBe(code)
      expect(ended.stderr).toMatch(
        /warning the start of 'slow' was left at entry 2 of 2: the next one takes in the whole journal again code=MR416/,
      )
      expect(ended.stderr).not.toMatch(/nothing is left|MR41[05]/)
      expect([...written('rows.ndjson'), ...written('seconds.ndjson')]).toEqual([])
    }

    const last = life('run', 0, '0')
    const { code, stderr } = await last.done
    expect(code, stderr).toBe(0)
    expect(written('rows.ndjson').map(({ n }) => n)).toEqual(Array.from({ length: many }, (_, n) => n))
    expect(written('seconds.ndjson').map(({ n }) => n)).toEqual([1_000, 1_000, 1_000, 1_000])
  }, 120_000)
})
