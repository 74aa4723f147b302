import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { systemTime } from '../runtime/seams/system-time.js'
import { Outlet } from './outlet.js'

test('a peer that reads by fits and starts gets every byte as it was written, though the memory of writes is used again', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = await accepted
  const outlet = new Outlet(socket, systemTime, { beforeWrite: () => {}, onRoom: () => {} })
  const written: Buffer[] = []
  const read: Buffer[] = []
  let length = 0
  peer.on('data', bytes => {
    read.push(bytes)
    length += bytes.length
    if (read.length % 7 !== 0) return
    peer.pause()
    setImmediate(() => peer.resume())
  })
  let inFlight = false
  for (let i = 0; i < 2_000; i++) {
    // Small ones, which the system takes at once, and some that it cannot.
    const bytes = Buffer.alloc(i % 400 === 399 ? 8_000_000 : 1 + ((i * 37) % 3_000), i % 251)
    written.push(bytes)
    outlet.out.payload(bytes)
    outlet.flush()
    inFlight ||= socket.writableLength > 0
    if (i % 10 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  const all = Buffer.concat(written)
  while (length < all.length) await once(peer, 'data')
  expect(inFlight).toBe(true)
  expect(Buffer.concat(read).equals(all)).toBe(true)
  peer.destroy()
  socket.destroy()
  server.close()
})
