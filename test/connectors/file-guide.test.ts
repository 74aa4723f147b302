import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { finished, millrace, root } from '../cli/command.js'
import { until } from '../support/until.js'

const page = readFileSync(join(root, 'docs/guides/files.md'), 'utf8')
const files = [...page.matchAll(/^```\w+\n(?:\/\/|#) (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => ({
  name: name!,
  text: text!,
}))
const shown = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)

const folder = mkdtempSync(join(tmpdir(), 'millrace-files-guide-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  for (const { name, text } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
})

it('the guide to files has its files', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'rooms.job.ts',
    'readings/2026-03-01.csv',
    'halls.job.ts',
    'halls/march.csv',
    'door.job.ts',
    'look.job.ts',
  ])
})

it('what it says of files to a file holds', async () => {
  const { code, stderr } = await finished(['run', 'rooms.job.ts', '--no-http'], { cwd: folder })
  expect(code, stderr).toBe(0)
  expect(readFileSync(join(folder, 'results/climate.csv'), 'utf8')).toBe(shown[0])
  expect(readFileSync(join(folder, '.millrace/rooms/dead-letters.ndjson'), 'utf8')).toContain('readings/2026-03-01.csv line 4: ')
  const later = '2026-03-02T08:00:00Z'
  writeFileSync(join(folder, 'readings/2026-03-02.csv'), `room,celsius,at\nhall,18,${later}\n`)
  const again = await finished(['run', 'rooms.job.ts', '--no-http'], { cwd: folder })
  expect(again.code, again.stderr).toBe(0)
  expect(readFileSync(join(folder, 'results/climate.csv'), 'utf8')).toBe(
    `${shown[0]}hall,18,1,2026-03-02T08:00:00.000Z,2026-03-02T08:01:00.000Z,true,0\n`,
  )
  const { stdout } = await finished(['explain', 'rooms.job.ts'], { cwd: folder })
  expect(stdout).toMatch(/guarantee +exactly once/)
})

it('what it says of spreadsheets holds, for the source and for --read', async () => {
  const north = '"hall":"north","mean":20'
  const live = await finished(['run', 'halls.job.ts', '--no-http', '--results', 'ndjson'], { cwd: folder })
  expect([live.code, live.stdout]).toEqual([0, expect.stringContaining(north)])
  const read = await finished(['run', 'halls.job.ts', '--read', 'readings=halls/march.csv', '--results', 'ndjson'], { cwd: folder })
  expect([read.code, read.stdout]).toEqual([0, expect.stringContaining(north)])
})

it('what it says of a log holds', async () => {
  const hour = Date.UTC(2026, 2, 1, 8)
  const event = (minutes: number, door = 'yard', what = 'opened') => `${JSON.stringify({ door, what, at: hour + minutes * 60_000 })}\n`
  writeFileSync(join(folder, 'gateway.log'), event(1) + event(2, 'yard', 'closed') + event(3))
  const command = millrace(['run', 'door.job.ts', '--no-http', '--results', 'ndjson'], { cwd: folder })
  writeFileSync(join(folder, 'gateway.log'), event(70, 'gate') + event(130), { flag: 'a' })
  await until('the first hour', () => command.stdout().includes('"n":2') || command.process.exitCode !== null)
  command.process.kill('SIGTERM')
  const { code, stdout, stderr } = await command.done
  expect(code, stderr).toBe(0)
  expect(stdout).toContain(
    '"window_start":"2026-03-01T08:00:00.000Z","window_end":"2026-03-01T09:00:00.000Z","final":true,"revision":0,"door":"yard","n":2',
  )
})

it('what it says of the terminal holds', async () => {
  const { code, stdout, stderr } = await finished(['run', 'look.job.ts', '--no-http'], { cwd: folder })
  expect(code, stderr).toBe(0)
  expect(stdout).toBe(shown[1])
})
