import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { LiveClient } from './live-client.js'
import { LiveReaders } from './live-readers.js'
import { quiet } from './server-fixture.js'

const time = virtualTime()
const sockets: Socket[] = []
let server: Server

beforeEach(async () => {
  server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.closeAllConnections()
  server.close()
})

/** A reader on a connection of its own, who takes nothing. */
async function join(readers: LiveReaders): Promise<LiveClient> {
  const asked = new Promise<ServerResponse>(resolve => server.once('request', (_, response) => resolve(response)))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const response = await asked
  const client = new LiveClient(response, time, new Set(['v']), 'p', false)
  readers.add(client, response)
  return client
}

const mib = 1024 * 1024
const refused = expect.objectContaining({ code: 'MR513' })

describe('LiveReaders', () => {
  it('parts with who has waited longest when too many bytes of different snapshots wait; one that several share counts once', async () => {
    const readers = new LiveReaders(time, quiet, 10)
    const shared = Buffer.alloc(100 * mib)
    for (let i = 0; i < 3; i++) (await join(readers)).greet(shared)
    const done = await join(readers)
    done.greet(Buffer.alloc(1))
    expect(readers.waiting).toBeGreaterThan(250 * mib)
    readers.admit()
    expect([readers.size, readers.dropped]).toEqual([4, 0])
    const later = await join(readers)
    later.greet(Buffer.alloc(40 * mib))
    readers.admit()
    expect([readers.size, readers.dropped]).toEqual([2, 3])
    expect([...readers].map(client => client === done || client === later)).toEqual([true, true])
  })

  it('lets a reader wait for as much as its snapshot has, and for 1 MiB more', async () => {
    const readers = new LiveReaders(time, quiet, 10)
    const client = await join(readers)
    client.greet(Buffer.alloc(20 * mib))
    const frame = Buffer.alloc(mib / 4)
    for (let i = 0; i < 3; i++) readers.send(frame, () => true)
    expect([readers.size, readers.dropped]).toEqual([1, 0])
    // The system takes some of it: a little more than that and the allowance is enough in any case.
    for (let i = 0; i < 100 && readers.size > 0; i++) readers.send(frame, () => true)
    expect([readers.size, readers.dropped, readers.waiting]).toEqual([0, 1, 0])
  })

  it('refuses more than it was told', async () => {
    const readers = new LiveReaders(time, quiet, 2)
    for (let i = 0; i < 2; i++) {
      expect(() => readers.admit()).not.toThrow()
      await join(readers)
    }
    expect(() => readers.admit()).toThrow(refused)
  })
})
