import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { createServer, type Server } from './create-server.js'
import { fixtureHost, quiet, start } from './server-fixture.js'

const time = virtualTime(start)
let server: Server
let socket: Socket
let taps = 0

afterEach(async () => {
  socket.destroy()
  await server.close()
})

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
}

/** Sends so many requests on one connection, and does not wait for an answer. Resolves when the first answers. */
async function pipelined(path: string, count: number): Promise<void> {
  const host = fixtureHost(time)
  host.openClimate('rooms')
  const tap = () => {
    taps++
    return () => {
      taps--
    }
  }
  server = await createServer({
    host: { ...host, tap },
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time,
    log: quiet,
  })
  socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {}).write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count))
  await new Promise(resolve => socket.once('data', resolve))
  await turns()
}

const left = async (): Promise<void> => {
  const closed = new Promise(resolve => socket.once('close', resolve))
  socket.destroy()
  await closed
  await turns()
}

describe('requests for streams behind one that never ends, on its connection', () => {
  it('are no live readers, of which nobody would hear that they left', async () => {
    await pipelined('/api/v1/live', 5)
    const readers = async () => /^millrace_live_readers (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())![1]
    expect(await readers()).toBe('1')
    await left()
    expect(await readers()).toBe('0')
  })

  it('open no taps', async () => {
    await pipelined('/api/v1/jobs/rooms/tap?from=a&to=b', 5)
    expect(taps).toBe(1)
    await left()
    expect(taps).toBe(0)
  })
})
