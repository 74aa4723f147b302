import { spawn } from 'node:child_process'
import { type Agent, get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Server } from '../../src/http/create-server.js'
import { until } from '../support/until.js'
import { climateServer } from './climate-server.js'
import { wideView } from './wide-view.js'

const rowCount = 20_000
const formats = ['csv', 'ndjson', 'arrow'] as const
const view = wideView(rowCount)
let server: Server

beforeAll(async () => {
  server = await climateServer(view)
})
beforeEach(() => {
  view.taken = 0
  view.failAt = Number.POSITIVE_INFINITY
})
afterAll(() => server?.close())

const rowsPath = (format: string): string => `/api/v1/views/climate/rows.${format}`
const asked = (path: string, agent: Agent | false = false): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(`${server.url}${path}`, { agent }, resolve).on('error', reject))
/** What the server still holds for readers. */
const held = async (): Promise<readonly number[]> => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return ['millrace_live_readers', 'millrace_live_waiting_bytes', 'millrace_row_streams'].map(name =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)![1]),
  )
}

describe('a reader that stands still', () => {
  it.each(formats)('costs a bounded number of rows of %s, and none is missing when it reads on', async format => {
    const answer = await asked(rowsPath(format))
    let seen = -1
    await until('no further row is taken', async () => {
      const before = seen
      seen = view.taken
      await held()
      return seen > 0 && before === seen
    })
    // Arrow asks for a batch of 8,192 rows or 4 MB at a time, which here is 1,900 rows; the system itself takes up to 6 MB.
    expect(seen).toBeLessThan(rowCount / 2)
    let bytes = 0
    for await (const part of answer) bytes += (part as Buffer).length
    expect(bytes).toBeGreaterThan(rowCount * 2_000)
    expect(view.taken).toBe(rowCount)
    expect(answer.complete).toBe(true)
  })
})

describe('a failure behind the first byte', () => {
  /** Its code at the end, and what it said. */
  const curl = async (format: string, ...options: readonly string[]): Promise<readonly [code: unknown, said: string]> => {
    view.failAt = rowCount - 1
    const run = spawn('curl', ['-sS', ...options, '-o', '/dev/null', `${server.url}${rowsPath(format)}`])
    const said = text(run.stderr)
    return [await new Promise(resolve => run.on('close', resolve)), await said]
  }

  it.each(formats)('breaks the body of %s off, so that it never looks whole', async format => {
    view.failAt = rowCount - 1
    const answer = await asked(rowsPath(format))
    expect(answer.statusCode).toBe(200)
    await expect(text(answer)).rejects.toThrow('aborted')
    expect(answer.complete).toBe(false)
  })

  it('is a transfer that failed to curl, too', async () => {
    expect(await curl('csv')).toEqual([18, expect.stringContaining('transfer closed')])
  })

  // Node's own client takes a reset for an end where it finds the last bytes with it.
  it.each(formats)('resets the connection of HTTP/1.0, where the end of %s is that of the connection', async format => {
    expect(await curl(format, '--http1.0')).toEqual([56, expect.stringContaining('reset by peer')])
  })

  it('has a status of its own while nothing has left', async () => {
    view.failAt = 3
    const answer = await fetch(`${server.url}${rowsPath('csv')}`)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ code: 'MR515' })
  })
})

describe('readers that vanish', () => {
  it('leave nothing behind: a thousand answers and live readers broken off in the middle', { timeout: 180_000 }, async () => {
    for (let round = 0; round < 40; round++) {
      const paths = Array.from({ length: 25 }, (_, i) => (i % 5 === 4 ? '/api/v1/live' : rowsPath(formats[i === 0 ? 2 : i % 2]!)))
      const statuses = await Promise.all(
        paths.map(async path => {
          const answer = await asked(path)
          answer.destroy()
          return answer.statusCode
        }),
      )
      expect(statuses).toEqual(paths.map(() => 200))
      await until('all of them are forgotten', async () => (await held()).every(figure => figure === 0))
    }
  })

  it('leave nothing behind before the head of a request is whole', async () => {
    const sockets = Array.from({ length: 100 }, () => connect(server.port, '127.0.0.1'))
    await Promise.all(sockets.map(socket => new Promise(resolve => socket.on('connect', resolve))))
    for (const socket of sockets) socket.on('error', () => {}).write('GET /api/v1/live HTTP/1.1\r\nHost: loc')
    for (const socket of sockets) socket.destroy()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(await held()).toEqual([0, 0, 0])
  })
})

describe('a request that is none', () => {
  it.each(['NONSENSE\r\n\r\n', 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n'])('%j', async lines => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(lines)
    const [head, body] = (await text(socket)).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/)
    expect(JSON.parse(body!)).toMatchObject({ status: 400, code: 'MR517' })
  })
})

describe('a request that is too large', () => {
  /** Status and code of an answer to a request of any form. */
  const told = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    new Promise<{ status: number | undefined; problem: unknown }>((resolve, reject) => {
      const { body, ...rest } = options
      request(`${server.url}${path}`, { agent: false, ...rest }, async answer => {
        const said = await text(answer)
        resolve({ status: answer.statusCode, problem: said === '' ? undefined : JSON.parse(said) })
      })
        .on('error', reject)
        .end(body)
    })

  it.each([
    ['an address', () => told(`${rowsPath('csv')}?columns=${'x'.repeat(20_000)}`), 431],
    ['a header', () => told('/healthz', { headers: { 'x-much': 'x'.repeat(20_000) } }), 431],
    ['a name', () => told(`/api/v1/views/${'x'.repeat(400)}`), 414],
    [
      'a body',
      () =>
        told('/api/v1/dead-letters/7-0/retry', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'millrace-action': '1' },
          body: JSON.stringify('x'.repeat(2_000)),
        }),
      413,
    ],
  ])('%s', async (_, ask, status) => {
    const answer = await ask()
    expect([answer.status, answer.problem]).toEqual([status, expect.objectContaining({ status, code: 'MR521', hint: expect.any(String) })])
  })
})
