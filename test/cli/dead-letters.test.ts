import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeadLetter } from '../../src/model/api.js'
import { until } from '../support/until.js'
import { finished } from './command.js'
import { dataStart, reading, writeJob } from './lived-job.js'
import { type Running, running } from './running.js'
import { jsonMessage, sendAll } from './sender.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-letters-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const letters = (...args: readonly string[]) => finished(['dead-letters', ...args], { cwd: folder })
const lines = (text: string): readonly DeadLetter[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as DeadLetter)

describe('the dead letters of a running process', () => {
  let process: Running
  let data: string

  beforeAll(async () => {
    data = join(folder, 'data')
    process = await running([writeJob(folder), '--data', data])
    await sendAll(process.amqp, 'telemetry', [
      jsonMessage({ room: 'hall', celsius: 'hot\u001b[31m', at: new Date(dataStart).toISOString() }, 'a'),
      reading('b', 1),
      jsonMessage('no \u001b[31mreading', 'c'),
      jsonMessage({ room: 'hall', celsius: 'cold', at: new Date(dataStart).toISOString() }, 'd'),
    ])
    await until('three letters', async () => (await process.deadLetters()).length === 3)
  })
  afterAll(async () => {
    await process?.stop()
  })

  test('are listed, newest first, by what is asked for', async () => {
    const all = await letters('ls', '--url', process.http, '--json')
    expect(all.code).toBe(0)
    expect(lines(all.stdout)).toEqual(await process.deadLetters())
    expect(all.stderr).toBe('3 dead letters, 3 can be retried\n')
    const text = await letters('ls', '--url', process.http, '--code', 'mr203', '--source', 'readings', '--job', 'rooms', '--limit', '1')
    expect(text.stdout).toMatch(/^rooms\.\S+ {2}20\S+Z {2}readings {2}MR203 {2}can be retried\n {4}.*celsius.*\n$/)
    expect(text.stderr).toBe('1 dead letter, 1 can be retried; there are more: --limit 10\n')
    expect((await letters('ls', '--url', process.http, '--code', 'MR999')).stderr).toBe('no dead letters\n')
  })

  test('are shown with their place, their remedy and their bytes, and never steer the terminal', async () => {
    const [first] = lines((await letters('ls', '--url', process.http, '--json')).stdout).slice(-1)
    const { stdout } = await letters('show', first!.id, '--url', process.http)
    expect(stdout).toMatch(/^why {6}MR203 .*celsius/m)
    expect(stdout).toMatch(/^place {4}\S*celsius/m)
    expect(stdout).toMatch(/^remedy {3}.*\(millrace explain MR203\)$/m)
    expect(stdout).toMatch(/^0000\w{4} {2}([\da-f]{2} {1,2}){16} *\|.{16}\|$/m)
    expect(stdout).toContain('hot')
    expect(stdout).not.toContain('\u001b')
    const { bytes } = JSON.parse((await letters('show', first!.id, '--url', process.http, '--json')).stdout) as { readonly bytes: string }
    expect(Buffer.from(bytes, 'base64').toString('latin1')).toContain('"celsius":"hot')
    expect((await letters('show', first!.id, '--url', process.http, '--raw')).stdout).toContain('"celsius":"hot')
    const unknown = await letters('show', 'nobody', '--url', process.http)
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain("MR510  there is no dead letter 'nobody'")
  })

  test('come in again when that is agreed to, and what is refused again is told', async () => {
    const asked = await letters('retry', '--code', 'MR203', '--url', process.http)
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('MR478  2 dead letters would be taken in again') })
    expect((await letters('retry', '--url', process.http)).stderr).toContain('MR601  nothing says which letters to retry')
    const before = await process.deadLetters()
    const bulk = await letters('retry', '--code', 'MR203', '--yes', '--url', process.http)
    expect(bulk.code).toBe(1)
    const [one, two, last] = bulk.stdout.trimEnd().split('\n')
    for (const line of [one, two]) expect(line).toMatch(/^rooms\.\S+ {2}MR203 {2}refused again as rooms\.\S+: .*celsius/)
    expect(last).toBe('0 of 2 counted, 2 refused again')
    const after = await process.deadLetters()
    expect(after).toHaveLength(5)
    expect(after.filter(({ retriedAt }) => retriedAt !== undefined).map(({ id }) => id)).toEqual(
      before.filter(({ code }) => code === 'MR203').map(({ id }) => id),
    )
    const once = after.find(({ retriedAt }) => retriedAt !== undefined)!
    const named = await letters('retry', once.id, 'nobody', '--json', '--url', process.http)
    expect(named.code).toBe(1)
    expect(JSON.parse(named.stdout)).toMatchObject({
      counted: 0,
      refusedAgain: 0,
      notTaken: 2,
      letters: expect.arrayContaining([
        expect.objectContaining({ id: once.id, outcome: 'not-taken', code: 'MR473' }),
        expect.objectContaining({ id: 'nobody', outcome: 'not-taken', code: 'MR510' }),
      ]),
    })
  })

  test('are read from the data folder, the same ones, also when nobody runs', async () => {
    const live = await process.deadLetters()
    const read = async () => lines((await letters('ls', '--data', data, '--json')).stdout)
    const sorted = (all: readonly DeadLetter[]) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1))
    expect(sorted(await read())).toEqual(sorted(live))
    await process.stop()
    expect(sorted(await read())).toEqual(sorted(live))
    const [newest] = await read()
    expect((await letters('show', newest!.id, '--data', folder)).stdout).toContain('|')
    expect((await letters('ls', '--data', data, '--limit', '2')).stderr).toContain('there are more: --limit 20')
    expect((await letters('show', 'nobody', '--data', data)).stderr).toContain('MR510')
  })
})

test('what a job could not take counts when the job was mended and it comes in again', async () => {
  const data = join(folder, 'mended')
  const path = writeJob(join(folder, 'mended-job'), {
    where: "\n    mapRows('check', Reading, r => { if (r.celsius > LIMIT) throw new Error('too hot to be true'); return r }),",
  })
  const text = (await readFile(path, 'utf8')).replace('import { ', 'import { mapRows, ')
  const withLimit = (limit: number) => writeFile(path, text.replace('LIMIT', String(limit)))
  await withLimit(90)
  const first = await running([path, '--data', data])
  await sendAll(first.amqp, 'telemetry', [reading('a', 1, 20), reading('b', 2, 95), reading('c', 3, 96)])
  await until('two letters', async () => (await first.deadLetters()).length === 2)
  await first.stop()
  await withLimit(200)
  const second = await running([path, '--data', data])
  const { code, stdout } = await letters('retry', '--code', 'MR161', '--yes', '--url', second.http)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '2 of 2 counted\n' })
  expect((await second.jobs())[0]!.counts).toMatchObject({ received: 5, counted: 3, deadLettered: 2 })
  const nothing = await letters('retry', '--code', 'MR161', '--yes', '--url', second.http)
  expect(nothing).toMatchObject({ code: 0, stdout: '0 of 0 counted\n' })
  await second.stop()
})

describe('nobody to ask', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Another\u001b[2J program</h1>'),
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as { readonly port: number }).port
  })
  afterAll(() => void server.close())

  test.each([
    ['MR477', 'another program', ['ls', '--url', 'PORT']],
    ['MR476', 'nothing', ['ls', '--url', 'http://127.0.0.1:9']],
    ['MR476', 'nothing', ['retry', 'x', '--url', '127.0.0.1:9']],
    ['MR479', 'no folder', ['ls', '--data', 'nowhere']],
    ['MR601', 'no address', ['ls', '--url', 'http://a b']],
    ['MR601', 'two places', ['show', 'x', '--url', '1', '--data', 'y']],
    ['MR601', 'no count', ['ls', '--limit', '0']],
  ])('is told as %s: %s', async (code, _, args) => {
    const { stderr, stdout } = await letters(...args.map(arg => (arg === 'PORT' ? `127.0.0.1:${port}` : arg)))
    expect(stderr).toContain(code)
    expect(stderr).toContain(`millrace explain ${code}`)
    expect(stderr).not.toContain('\u001b')
    expect(stdout).toBe('')
  })
})
