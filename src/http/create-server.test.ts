import { afterEach, describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { createServer, type Server, type ServerOptions } from './create-server.js'
import { climateOutputs, fixtureHost, quiet, start } from './server-fixture.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(bind: Partial<ServerOptions['bind']> = {}, more: Partial<ServerOptions> = {}): Promise<Server> {
  const time = virtualTime(start)
  const server = await createServer({
    host: fixtureHost(time),
    bind: { host: '127.0.0.1', port: 0, portNamed: false, ...bind },
    version: '1.2.3',
    time,
    log: quiet,
    ...more,
  })
  servers.push(server)
  return server
}

describe('createServer', () => {
  it('listens where it says', async () => {
    const server = await serve()
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    const response = await fetch(`${server.url}/healthz`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3' })
  })

  it('takes a free port where the default is taken, and says so', async () => {
    const first = await serve()
    const second = await serve({ port: first.port })
    expect(second.port).not.toBe(first.port)
    expect(second.fallback).toEqual({ taken: first.port })
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
  })

  it('refuses a taken port that was asked for by name', async () => {
    const first = await serve()
    await expect(serve({ port: first.port, portNamed: true })).rejects.toMatchObject({ code: 'MR503' })
  })

  it('refuses an address beyond loopback unless allowed', async () => {
    await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'MR504' })
    await expect(serve({ host: '192.0.2.7' }, { allowRemote: true })).rejects.toMatchObject({ code: 'MR519' })
    const server = await serve({ host: '0.0.0.0' }, { allowRemote: true })
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200)
  })

  it('says that the page is not built', async () => {
    const response = await fetch(`${(await serve()).url}/`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'MR516', hint: expect.stringContaining('npm run build') })
  })

  it('asks which job where several have a view of one name', async () => {
    const host = fixtureHost(virtualTime(start))
    host.openClimate('one').apply(climateOutputs([{ room: 'a', mean: 1, minute: 0 }]))
    host.openClimate('two')
    const { url } = await serve({}, { host })
    const views = (await (await fetch(`${url}/api/v1/views`)).json()) as { id: string }[]
    expect(views.map(view => view.id)).toEqual(['one:climate', 'two:climate'])
    const ambiguous = await fetch(`${url}/api/v1/views/climate/rows.json`)
    expect(ambiguous.status).toBe(409)
    expect(await ambiguous.json()).toMatchObject({ code: 'MR514', detail: expect.stringContaining('one:climate, two:climate') })
    expect(await (await fetch(`${url}/api/v1/views/one:climate/rows.json`)).json()).toHaveLength(1)
  })

  it('keeps the text of its own failures to the log', async () => {
    const lines: unknown[] = []
    const host = fixtureHost(virtualTime(start))
    const log = { ...quiet, error: (message: string, fields?: object) => lines.push([message, fields]) }
    const { url } = await serve({}, { host, log })
    host.jobs = () => {
      throw new Error('secret detail')
    }
    const response = await fetch(`${url}/api/v1/jobs`)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'MR515', status: 500 })
    expect(text).not.toContain('secret')
    expect(JSON.stringify(lines)).toContain('secret detail')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('frees its port on close, live readers or not', async () => {
    const server = await serve()
    const live = await fetch(`${server.url}/api/v1/live`)
    expect(live.status).toBe(200)
    await server.close()
    servers.length = 0
    await live.text()
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
    expect((await serve({ port: server.port, portNamed: true })).port).toBe(server.port)
  })
})
