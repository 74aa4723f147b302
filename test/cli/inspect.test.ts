import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobGraph, JobSummary } from '../../src/model/api.js'
import type { TapEvent } from '../../src/model/tap-event.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'
import { finished, millrace } from './command.js'
import { reading, writeJob } from './lived-job.js'
import { type Running, running } from './running.js'
import { jsonMessage, sendAll } from './sender.js'
import { hasPython, inTerminal } from './terminal.js'

let folder: string
let process: Running
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-inspect-'))
  process = await running([writeJob(folder), '--data', join(folder, 'data')])
  await sendAll(process.amqp, 'telemetry', [reading('a', 1), reading('b', 2), jsonMessage('no reading', 'c')])
  await until('all are taken in', async () => {
    const [summary] = await process.jobs()
    return summary!.counts.counted === 2 && (await process.deadLetters()).length === 1
  })
})
afterAll(async () => {
  await process?.stop()
  await rm(folder, { recursive: true, force: true })
})

const inspect = (...args: readonly string[]) => finished(['inspect', ...args, '--url', process.http])

test('one look, where no terminal shows the table', async () => {
  const { code, stdout, stderr } = await inspect('rooms')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^rooms · running · [\d.]+ messages\/s · /)
  expect(stdout).toMatch(/^exactly once|^at least once|^effectively once/m)
  expect(stdout).toContain('3 received = 2 counted + 1 dead letters')
  expect(stdout).toMatch(/^node +in\/s +out\/s +watermark +age +busy/m)
  for (const node of ['readings', 'climate', 'view:climate', 'sink:alerts']) expect(stdout).toMatch(new RegExp(`^${node} `, 'm'))
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/)
})

test('as JSON it is what the API says', async () => {
  const { stdout } = await inspect('--json')
  const { job, graph } = JSON.parse(stdout) as { readonly job: JobSummary; readonly graph: JobGraph }
  expect(job).toMatchObject({ id: 'rooms', counts: { received: 3 } })
  expect(graph.nodes.map(({ id }) => id)).toContain('sink:alerts')
})

test('a tap shows what passes an edge, and ends after so many rows', async () => {
  const { graph } = JSON.parse((await inspect('--json')).stdout) as { readonly graph: JobGraph }
  const { from, to } = graph.edges.find(edge => edge.to === 'climate')!
  const tap = millrace(['inspect', '--url', process.http, '--tap', `${from},${to}`, '--rows', '3'])
  const json = millrace(['inspect', 'rooms', '--url', process.http, '--tap', `${from}, ${to}`, '--rows', '1', '--json'])
  let sent = 0
  const send = setInterval(
    () => void sendAll(process.amqp, 'telemetry', [reading(`t${sent++}`, 3, 21.5, 'loft')]).catch(() => undefined),
    200,
  )
  const [text, line] = await Promise.all([tap.done, json.done]).finally(() => clearInterval(send))
  expect(text).toMatchObject({ code: 0, stderr: '' })
  const rows = text.stdout.split('\n').filter(one => one.includes('room='))
  expect(rows).toHaveLength(3)
  expect(rows[0]).toMatch(/^2024-01-01T00:00:03\.000Z {2}room=loft {2}celsius=21\.5/)
  const event = JSON.parse(line.stdout) as TapEvent
  expect(event).toMatchObject({ from, to, rows: [{ row: { room: 'loft', celsius: 21.5 } }] })
})

test.each([
  ['MR470', ['--tap', 'nowhere,climate']],
  ['MR601', ['--tap', 'climate']],
  ['MR601', ['--rows', '3']],
  ['MR510', ['room']],
])('%s where there is no such thing: %j', async (code, args) => {
  const { stderr, code: exit } = await inspect(...args)
  expect(stderr).toContain(code)
  expect(exit).toBe(code === 'MR601' ? 2 : 1)
})

/** The screen as it was drawn last: lines as they would stand there. */
const lastScreen = (text: string): readonly string[] =>
  stripVTControlCharacters(text.slice(text.lastIndexOf('\u001b[H')).split('\u001b[?25h')[0]!).split(/\r+\n/)

describe.skipIf(!hasPython)('in a terminal (needs python3)', () => {
  test('it is drawn in place, stands still at a pause, and gives the screen back', async () => {
    const { text, code, restored, undone } = await inTerminal(['inspect', '--url', process.http], {
      columns: 100,
      rows: 20,
      steps: [
        ['q quit · space pause', ' '],
        ['PAUSED · q quit · space go on', ' '],
        ['q quit · space pause', 'q'],
      ],
    })
    expect({ code, restored, undone }).toEqual({ code: 0, restored: true, undone: 0 })
    expect(text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true)
    expect(text.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
    const screen = lastScreen(text)
    expect(screen).toHaveLength(20)
    expect(screen[0]).toMatch(/^rooms · running/)
    for (const line of screen) expect(line.length).toBeLessThanOrEqual(100)
  })

  test('a small one keeps the names, and arrows show the rest of the nodes', async () => {
    const { text, undone } = await inTerminal(['inspect', '--url', process.http], {
      columns: 36,
      rows: 9,
      steps: [
        ['↑ ↓ nodes', '\u001b[B\u001b[B\u001b[B\u001b[B\u001b[B\u001b[B\u001b[B\u001b[B'],
        ['sink:alerts', '\u0003'],
      ],
    })
    expect(undone).toBe(0)
    const screen = lastScreen(text)
    expect(screen).toHaveLength(9)
    for (const line of screen) expect(line.length).toBeLessThanOrEqual(36)
    expect(screen.join('\n')).toContain('sink:alerts')
  })

  test('a connection that is lost is told, and looked at again when it is back', async () => {
    const answers = async (path: string): Promise<string> => (await fetch(`${process.http}${path}`)).text()
    const listen = (port: number): Promise<Server> =>
      new Promise(resolve => {
        const server = createServer((request, response) => {
          void answers(request.url ?? '').then(text =>
            response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(text),
          )
        })
        server.listen(port, '127.0.0.1', () => resolve(server))
      })
    const close = (server: Server): Promise<void> =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    // One that nobody is given while it is away.
    const port = await freePort()
    let server = await listen(port)
    const changes: Promise<void>[] = []
    const again = async (): Promise<void> => {
      server = await listen(port)
    }
    const { text, code, undone } = await inTerminal(['inspect', '--url', String(port)], {
      columns: 100,
      rows: 20,
      steps: [
        ['space pause', ''],
        ['Connection lost \\d+ \\w+ ago, trying again: nothing answers at', ''],
        ['\u001b\\[H\u001b\\[K(\u001b\\[1m)?rooms · running', 'q'],
      ],
      stepped: left => {
        if (left === 2) changes.push(close(server))
        if (left === 1) changes.push(again())
      },
    })
    await Promise.all(changes)
    await close(server)
    expect({ code, undone }).toEqual({ code: 0, undone: 0 })
    expect(lastScreen(text)[0]).toMatch(/^rooms · running/)
  })

  test('a bulk retry asks first, and a no leaves the letters as they are', async () => {
    const args = ['dead-letters', 'retry', '--source', 'readings', '--url', process.http]
    const before = await process.deadLetters()
    const no = await inTerminal(args, { columns: 80, rows: 20, steps: [['Take 1 dead letter in again\\?', 'n\r']] })
    expect(no).toMatchObject({ code: 1, undone: 0, restored: true })
    expect(await process.deadLetters()).toEqual(before)
    const yes = await inTerminal(args, { columns: 80, rows: 20, steps: [['Take 1 dead letter in again\\?', 'y\r']] })
    expect(stripVTControlCharacters(yes.text)).toContain('0 of 1 counted, 1 refused again')
  })
})
