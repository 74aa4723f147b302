import { afterEach, describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/virtual-time.js'
import { createServer, type Server, type ServerOptions } from './create-server.js'
import { fixtureHost, quiet, start } from './server-fixture.js'

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
