import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type VirtualTime, virtualTime } from '../runtime/seams/virtual-time.js'
import type { View } from '../views/view.js'
import { createServer, type Server } from './create-server.js'
import { type LiveReader, liveReader } from './live-reader-fixture.js'
import { climateOutputs, type FixtureHost, fixtureHost, quiet, start } from './server-fixture.js'

let time: VirtualTime
let host: FixtureHost
let server: Server
let climate: View
const readers: LiveReader[] = []
const sockets: Socket[] = []

const listen = async (mostReaders?: number): Promise<Server> =>
  createServer({
    host,
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time,
    log: quiet,
    ...(mostReaders && { mostReaders }),
  })

beforeEach(async () => {
  time = virtualTime(start)
  host = fixtureHost(time)
  climate = host.openClimate('rooms')
  server = await listen()
})

afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close()
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

async function live(query = '?views=climate', lastEventId?: string): Promise<LiveReader> {
  const reader = await liveReader(`${server.url}/api/v1/live${query}`, lastEventId)
  readers.push(reader)
  return reader
}

/** Disconnects all readers, and waits until the server has seen it. */
async function leave(): Promise<void> {
  for (const reader of readers.splice(0)) await reader.close()
  while (!/^millrace_live_readers 0$/m.test(await (await fetch(`${server.url}/metrics`)).text()));
}

const put = (...minutes: number[]) => climate.apply(climateOutputs(minutes.map(minute => ({ room: 'a', mean: minute, minute }))))
const means = (event: { data: Readonly<Record<string, unknown>> }) => (event.data['rows'] as number[][]).map(row => row[1])

describe('GET /api/v1/live', () => {
  it('sends a snapshot and progress at once', async () => {
    put(0, 1)
    const reader = await live()
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(reader.response.headers.get('access-control-allow-origin')).toBeNull()
    const snapshot = await reader.next()
    expect(snapshot).toMatchObject({ event: 'snapshot', data: { type: 'snapshot', view: { id: 'climate', job: 'rooms', rows: 2 } } })
    expect(snapshot.data['seen']).toEqual([start, start])
    expect(means(snapshot)).toEqual([0, 1])
    expect(snapshot.id).toMatch(/^[0-9a-f]+:1$/)
    const progress = await reader.next()
    expect(progress).toMatchObject({ event: 'progress', data: { jobs: [{ id: 'rooms' }], watermarks: { climate: start } } })
  })

  it('sends the last rows that were asked for', async () => {
    put(0, 1, 2, 3)
    expect(means(await (await live('?views=climate&rows=2')).next('snapshot'))).toEqual([2, 3])
  })

  it('sends besides what each silent key said last', async () => {
    climate.apply(climateOutputs([{ room: 'silent', mean: 9, minute: 0, final: true }]))
    put(1, 2, 3)
    const { data } = await (await live('?views=climate&rows=2')).next('snapshot')
    expect(data['quiet']).toEqual({ rows: [expect.arrayContaining(['silent', 9])], seen: [start] })
    expect((await (await live('?views=climate&rows=4')).next('snapshot')).data['quiet']).toBeUndefined()
  })

  it('merges the changes of 100 ms, newest of each row, and withdraws', async () => {
    const reader = await live()
    await reader.next('snapshot')
    put(0)
    await time.advance(1)
    expect(means(await reader.next('upsert'))).toEqual([0])
    climate.apply(climateOutputs([{ room: 'a', mean: 5, minute: 1, final: false }]))
    await time.advance(50)
    climate.apply(climateOutputs([{ room: 'a', mean: 6, minute: 1 }]))
    climate.apply(climateOutputs([{ room: 'a', mean: 0, minute: 0, removed: true }]))
    await time.advance(48)
    put(2)
    await time.advance(1)
    const upsert = await reader.next('upsert')
    expect(means(upsert)).toEqual([6, 2])
    expect(upsert.data['removed']).toMatchObject([['a', 0, start, start + 60_000, true, 0]])
    expect(upsert.data['view']).toBe('climate')
    expect(upsert.data['seen']).toEqual([start, start])
  })

  it('sends progress every 500 ms', async () => {
    const reader = await live()
    await reader.next('progress')
    await time.advance(500)
    const progress = await reader.next('progress')
    expect(progress.data).toMatchObject({ jobs: [{ now: start + 500 }] })
  })

  it('goes on where a reader was: nothing lost, nothing twice', async () => {
    const first = await live()
    await first.next('snapshot')
    put(0)
    await time.advance(100)
    const { id } = await first.next('upsert')
    await first.close()
    put(1)
    await time.advance(100)
    put(2)
    await time.advance(60_000)
    const second = await live('?views=climate', id)
    expect(means(await second.next())).toEqual([1])
    const last = await second.next()
    expect([last.event, means(last)]).toEqual(['upsert', [2]])
    expect((await second.next()).event).toBe('progress')
    const third = await live('?views=climate', last.id)
    expect((await third.next()).event).toBe('progress')
  })

  it.each([
    ['goes on', 20, 'upsert'],
    ['starts anew', 400, 'reset'],
  ])('%s after a minute in which %i rows changed ten times a second', async (_, count, first) => {
    const rooms = Array.from({ length: count }, (_, i) => `room-${i}`)
    const away = await live()
    const { id } = await away.next('snapshot')
    await away.close()
    for (let revision = 0; revision < 600; revision++) {
      climate.apply(climateOutputs(rooms.map(room => ({ room, mean: revision, minute: 0, revision }))))
      await time.advance(100)
    }
    const back = await live('?views=climate', id)
    const page = new Map<unknown, unknown>()
    let event = await back.next()
    expect(event.event).toBe(first)
    for (; event.event !== 'progress'; event = await back.next()) {
      for (const row of (event.data['rows'] ?? []) as unknown[][]) page.set(row[0], row[1])
    }
    expect(page).toEqual(new Map(rooms.map(room => [room, 599])))
  })

  it.each(['nonsense', 'abcd:1', ':', 'x'.repeat(50)])('starts anew for an id that it did not give: %j', async id => {
    put(0)
    const reader = await live('?views=climate', id)
    expect((await reader.next()).event).toBe('reset')
    expect(means(await reader.next())).toEqual([0])
  })

  it('starts anew where the reader asks for other views, was away too long, or the server is another', async () => {
    host.openClimate('other')
    const first = await live('?views=rooms:climate')
    const { id } = await first.next('snapshot')
    expect((await (await live('?views=rooms:climate,other:climate', id)).next()).event).toBe('reset')
    await leave()
    await time.advance(120_000)
    await time.advance(1_000)
    expect((await (await live('?views=rooms:climate', id)).next()).event).toBe('reset')
    await leave()
    await server.close()
    server = await listen()
    expect((await (await live('?views=rooms:climate', id)).next()).event).toBe('reset')
  })

  it('sends a fresh snapshot when a view starts anew, and new views to who asked for all', async () => {
    const named = await live()
    const all = await live('')
    await named.next('snapshot')
    await all.next('snapshot')
    climate = host.openClimate('rooms')
    put(7)
    await time.advance(600)
    expect(means(await named.next('snapshot'))).toEqual([7])
    expect(means(await all.next('snapshot'))).toEqual([7])
    host.openClimate('other')
    await time.advance(600)
    expect((await all.next('snapshot')).data).toMatchObject({ view: { id: 'rooms:climate' } })
    expect((await all.next('snapshot')).data).toMatchObject({ view: { id: 'other:climate' } })
  })

  it('sends a snapshot instead of changes without end', async () => {
    const reader = await live()
    await reader.next('snapshot')
    for (let i = 0; i < 21; i++) put(...Array.from({ length: 1000 }, (_, j) => i * 1000 + j))
    await time.advance(100)
    const event = await reader.next()
    expect(event.event === 'progress' ? (await reader.next()).event : event.event).toBe('snapshot')
  })

  it('drops a reader that does not read, counts it, and serves the others', async () => {
    const other = await live()
    await other.next('snapshot')
    const deaf = connect(server.port, '127.0.0.1')
    sockets.push(deaf)
    let closed = false
    deaf
      .on('error', () => {})
      .on('close', () => {
        closed = true
      })
    deaf.write('GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise(resolve => deaf.once('readable', resolve))
    let received = 0
    let text = ''
    for (let i = 0; i < 400 && !/dropped_total 1/.test(text); i++) {
      climate.apply(
        climateOutputs(Array.from({ length: 1000 }, (_, j) => ({ room: `room-${j}`.repeat(5), mean: i, minute: 0, revision: i }))),
      )
      await time.advance(100)
      expect(means(await other.next('upsert'))).toHaveLength(1000)
      received++
      text = await (await fetch(`${server.url}/metrics`)).text()
    }
    expect(text).toMatch(/^millrace_live_readers_dropped_total 1$/m)
    expect(text).toMatch(/^millrace_live_readers 1$/m)
    expect(received).toBeLessThan(400)
    deaf.resume()
    for (let i = 0; i < 1000 && !closed; i++) await new Promise(resolve => setImmediate(resolve))
    expect(closed).toBe(true)
  })

  it('ends its streams when the server closes', async () => {
    const reader = await live()
    await reader.next('progress')
    await server.close()
    expect(await reader.rest()).toEqual([])
  })

  it('drops a reader that takes nothing for 30 s, and keeps one that is slow', async () => {
    const rooms = Array.from({ length: 50_000 }, (_, j) => ({ room: `${j}`.padEnd(200, '-'), mean: j, minute: 0 }))
    climate.apply(climateOutputs(rooms))
    const ask = async (): Promise<Socket> => {
      const socket = connect(server.port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => {}).write('GET /api/v1/live?rows=50000 HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await new Promise(resolve => socket.once('readable', resolve))
      return socket
    }
    await ask()
    const slow = await ask()
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
    const counts = async () =>
      /^millrace_live_readers (\d+)$[\s\S]*^millrace_live_readers_dropped_total (\d+)$/m.exec(await metrics())!.slice(1)
    for (let at = 0; at <= 25_000; at += 5_000) {
      for (let read = 0; read < 600_000; read += slow.read()?.length ?? 0) await new Promise(resolve => setImmediate(resolve))
      expect(await counts()).toEqual(['2', '0'])
      await time.advance(5_000)
    }
    await time.advance(1_000)
    expect(await counts()).toEqual(['1', '1'])
    expect(slow.readableEnded).toBe(false)
  })

  it('makes a snapshot once for all who come at the same time', async () => {
    put(0)
    const made = vi.spyOn(climate, 'latest')
    const first = await live()
    const second = await live()
    expect((await first.next('snapshot')).data).toEqual((await second.next('snapshot')).data)
    expect(made).toHaveBeenCalledTimes(1)
    put(1)
    await time.advance(100)
    expect(means(await (await live()).next('snapshot'))).toEqual([0, 1])
    expect(made).toHaveBeenCalledTimes(2)
  })

  it('takes so many readers and refuses the next with 503', async () => {
    await server.close()
    server = await listen(3)
    for (let i = 0; i < 3; i++) expect((await live()).response.status).toBe(200)
    const refused = await fetch(`${server.url}/api/v1/live`)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await refused.json()).toMatchObject({ code: 'MR513' })
  })

  it('answers HEAD, and refuses unknown views and parameters', async () => {
    const head = await fetch(`${server.url}/api/v1/live`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(await (await fetch(`${server.url}/api/v1/live?views=climat`)).json()).toMatchObject({
      status: 404,
      hint: "did you mean 'climate'?",
    })
    expect(await (await fetch(`${server.url}/api/v1/live?view=climate`)).json()).toMatchObject({
      status: 400,
      hint: "did you mean 'views'?",
    })
  })
})
