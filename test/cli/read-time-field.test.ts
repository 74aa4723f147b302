import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { finished } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-time-field-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = Date.UTC(2026, 0, 1)
/** Ms from the start, device, temperature: the third row is out of order, the last is in a window of its own. */
const readings = [
  [0, 'a', 20],
  [6_000, 'a', 30],
  [4_999, 'a', 25],
  [5_000, 'b', 1.5],
  [3_600_000, 'b', 7],
] as const
const expected = [
  [0, 'a', 25],
  [5_000, 'a', 30],
  [5_000, 'b', 1.5],
  [3_600_000, 'b', 7],
].map(([ms, device, temperature]) => `${new Date(start + Number(ms)).toISOString()} ${device} ${temperature}`)

async function run(name: string, content: string, field = ':seen') {
  const file = join(folder, name)
  writeFileSync(file, content)
  const { code, stdout, stderr } = await finished([
    'run',
    'jobs/max-temperature.job.ts',
    '--read',
    `temperature=${file}${field}`,
    '--results',
    'ndjson',
  ])
  const rows = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  const of = (result: string) =>
    rows.filter(row => row['result'] === result).map(row => `${row['window_start']} ${row['device-id']} ${row['temperature']}`)
  return { code, stderr, of }
}

const iso = (ms: number): string => new Date(start + ms).toISOString()

test.each([
  ['text.csv', ['device,temperature,seen', ...readings.map(([ms, d, t]) => `${d},${t},${iso(ms)}`)].join('\n')],
  ['number.csv', ['seen,device,temperature', ...readings.map(([ms, d, t]) => `${start + ms},${d},${t}`)].join('\n')],
  ['text.ndjson', readings.map(([ms, device, temperature]) => JSON.stringify({ device, temperature, seen: iso(ms) })).join('\n')],
  ['number.ndjson', readings.map(([ms, device, temperature]) => JSON.stringify({ device, temperature, seen: start + ms })).join('\n')],
])('%s: windows go by a column that the job does not know', async (name, content) => {
  const { code, stderr, of } = await run(name, content)
  expect(stderr).toContain('5 rows, 8 results, 0 late, 0 dead letters')
  expect(code).toBe(0)
  for (const result of ['highest', 'max']) expect(of(result).sort()).toEqual([...expected].sort())
})

test('a record without a readable time is a dead letter with its line; the others count', async () => {
  const { code, stderr, of } = await run('bad.csv', `device,temperature,seen\na,1,soon\na,2,${iso(0)}\na,3,\n`)
  expect(code).toBe(0)
  expect(stderr).toMatch(/bad\.csv:2 MR206/)
  expect(stderr).toMatch(/bad\.csv:4 MR202/)
  expect(of('max')).toEqual([`${iso(0)} a 2`])
})

test('what is missing is named with the remedy', async () => {
  const none = await run('none.csv', 'device,temperature,seen\na,1,2\n', '')
  expect(none.code).not.toBe(0)
  expect(none.stderr).toContain('MR432')
  expect(none.stderr).toContain('--read temperature=FILE:TIMEFIELD')
  const absent = await run('absent.csv', 'device,temperature,seen\na,1,2\n', ':at')
  expect(absent.code).not.toBe(0)
  expect(absent.stderr).toContain('no column `at`')
  const never = await run('never.csv', 'device,temperature,seen\na,1,soon\n')
  expect(never.code).not.toBe(0)
  expect(never.stderr).toMatch(/MR432.*`seen`.*is not a time/)
  const text = await run('text.csv', 'device,temperature,seen\na,1,2\n', ':device')
  expect(text.code).not.toBe(0)
  expect(text.stderr).toMatch(/MR432.*`device`.*is a text[\s\S]*device: timestamp\('rfc3339'\)/)
})

test('rows that come too late by the job’s own event time are counted on stderr', async () => {
  const row = (at: number, mote = 1) => `${mote},20,50,${iso(at)}`
  const file = join(folder, 'late.csv')
  writeFileSync(file, ['mote,temperature,humidity,at', row(0), row(600_000), row(1_000), row(660_000)].join('\n'))
  const { code, stderr } = await finished(['run', 'jobs/mote-climate.job.ts', '--read', `readings=${file}`])
  expect(code).toBe(0)
  expect(stderr).toMatch(/4 rows, \d+ results, 1 late, 0 dead letters/)
})
