import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer as createNetwork, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { amqp, raw } from '../../connectors/amqp/index.js'
import { FrameWriter } from '../../src/amqp/frame-writer.js'
import { createContainer, type Sender } from '../../src/amqp/rhea.js'
import { openProperties, saslMechanisms, saslOutcome, writeOpen } from '../../src/broker/connection-frames.js'
import type { SourceReader } from '../../src/connector/source.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { feed, startPeer, textMessage, texts } from './peer.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const reading = async (options: object, context = connectorContext()): Promise<SourceReader> => {
  const reader = await amqp({ address: 'a', decode: raw(), ...options }).open(context)
  open.push({ close: () => reader.close('release') })
  return reader
}

/** A transfer frame written by hand (part 2 §2.7.5): handle, delivery-id, tag, format, settled, more, …, aborted. */
function transfer(sender: Sender, id: number, payload: Uint8Array, how: { more?: boolean; aborted?: boolean } = {}): Buffer {
  const { channel } = (sender.session as unknown as { local: { channel: number } }).local
  const flag = (on: boolean | undefined) => (on ? 0x41 : 0x42)
  const fields = [0x52, sender.local.handle, 0x52, id, 0xa0, 1, id, 0x43, 0x42, flag(how.more), 0x40, 0x40, 0x42, flag(how.aborted)]
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, 2, 0, 0, channel, 0, 0x53, 0x14, 0xc0, fields.length + 1, 10, ...fields]), payload])
  frame.writeUInt32BE(frame.length, 0)
  return frame
}

describe('AMQP source on the wire', () => {
  test('an aborted delivery never appears, and its neighbours do', async () => {
    const peer = await startPeer()
    open.push(peer)
    peer.on('sender_flow', ({ sender, connection }) => {
      const message = textMessage('whole')
      connection.socket!.write(
        Buffer.concat([
          transfer(sender, 0, textMessage('torso').subarray(0, 6), { more: true }),
          transfer(sender, 0, new Uint8Array(0), { aborted: true }),
          transfer(sender, 1, message.subarray(0, 3), { more: true }),
          transfer(sender, 1, message.subarray(3)),
        ]),
      )
    })
    const reader = await reading({ url: peer.url })
    expect(texts((await reader.next())!)).toEqual(['whole'])
    expect(reader.status().unsettled).toBe(1)
  })

  test('a message beyond the limit is rejected and reported, its neighbours come', async () => {
    const peer = await startPeer()
    open.push(peer)
    const outcomes = new Map<string, string[]>()
    peer.on('sender_open', ({ sender }) => feed(sender, ['a', 'b'.repeat(200), 'c'], outcomes))
    const reader = await reading({ url: peer.url, maxMessageBytes: 100 })
    await until('both', () => reader.status().bufferedBytes === 12)
    expect(texts((await reader.next())!)).toEqual(['a', 'c'])
    await until('rejected', () => outcomes.size === 1)
    expect(outcomes.get('b'.repeat(200))).toEqual(['rejected'])
    expect(reader.status().detail).toContain('1 larger than the limit')
  })

  test('a frame larger than announced ends the connection, and another one is made', async () => {
    const peer = await startPeer()
    open.push(peer)
    let flows = 0
    peer.on('sender_flow', ({ sender, connection }) => {
      const content = flows++ === 0 ? new Uint8Array(200_000) : textMessage('whole')
      if (flows <= 2) connection.socket!.write(transfer(sender, 0, content))
    })
    const reader = await reading({ url: peer.url })
    expect(texts((await reader.next())!)).toEqual(['whole'])
    expect(reader.status().reconnects).toBe(1)
  })

  test('a bit that flips amid the login of a peer that has worked costs a further try', async () => {
    const peer = await startPeer()
    open.push(peer)
    peer.on('sender_open', ({ sender }) => feed(sender, ['whole'], new Map()))
    const sockets: Socket[] = []
    const network = createNetwork(socket => {
      sockets.push(socket.on('error', () => {}))
      if (sockets.length === 2) {
        // The peer's own protocol header, then a frame whose size has one bit too many.
        socket.once('data', header => socket.write(Buffer.concat([header.subarray(0, 8), Buffer.from([0x20, 0, 0, 0x10, 2, 0, 0, 0])])))
        return
      }
      const there = connect(Number(new URL(peer.url).port), '127.0.0.1').on('error', () => {})
      socket.pipe(there).pipe(socket)
    })
    await new Promise<void>(resolve => network.listen(0, '127.0.0.1', resolve))
    open.push({
      close: async () => {
        for (const socket of sockets) socket.destroy()
        network.close()
      },
    })
    const reader = await reading({ url: `amqp://127.0.0.1:${(network.address() as AddressInfo).port}` })
    expect(texts((await reader.next())!)).toEqual(['whole'])
    sockets[0]!.destroy()
    expect(texts((await reader.next())!)).toEqual(['whole'])
    expect(sockets.length).toBeGreaterThan(2)
  })

  test('a peer that does so again and again is given up, with the reason', async () => {
    const peer = await startPeer()
    open.push(peer)
    peer.on('sender_flow', ({ sender, connection }) => void connection.socket!.write(transfer(sender, 0, new Uint8Array(200_000))))
    const reader = await reading({ url: peer.url })
    await expect(reader.next()).rejects.toMatchObject({ code: 'MR306', message: expect.stringContaining('frame of') })
  })
})

const openssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!openssl)('AMQP over TLS', () => {
  const serve = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-tls-'))
    const paths = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') }
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    await promisify(execFile)('openssl', [...kind, ...subject, '-keyout', paths.key, '-out', paths.cert])
    const [key, cert] = [await readFile(paths.key, 'utf8'), await readFile(paths.cert, 'utf8')]
    const container = createContainer({ onError: () => {} })
    container.on('sender_open', ({ sender }) => {
      sender.set_source(sender.source!)
      feed(sender, ['secure'], new Map())
    })
    for (const event of ['disconnected', 'connection_close', 'session_close', 'sender_close']) container.on(event, () => {})
    const sockets = new Set<{ destroy(): void }>()
    const server = createServer({ key, cert }, socket => {
      sockets.add(socket.on('error', () => {}))
      container.create_connection({}).accept(socket)
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push({
      close: async () => {
        for (const socket of sockets) socket.destroy()
        await new Promise(resolve => server.close(resolve))
        await rm(folder, { recursive: true })
      },
    })
    return { port: (server.address() as AddressInfo).port, cert, key }
  }

  test('a trusted authority is enough', async () => {
    const { port, cert } = await serve()
    const reader = await reading({ url: `amqps://localhost:${port}`, tls: { ca: cert } })
    expect(texts((await reader.next())!)).toEqual(['secure'])
  })

  test('an unknown authority and a wrong name stop it', async () => {
    const { port, cert } = await serve()
    await expect((await reading({ url: `amqps://localhost:${port}` })).next()).rejects.toMatchObject({ code: 'MR312' })
    await expect((await reading({ url: `amqps://127.0.0.1:${port}`, tls: { ca: cert } })).next()).rejects.toMatchObject({ code: 'MR312' })
  })

  test('verification off works and is said aloud', async () => {
    const { port } = await serve()
    const context = connectorContext()
    const reader = await reading({ url: `amqps://localhost:${port}`, tls: { rejectUnauthorized: false } }, context)
    expect(texts((await reader.next())!)).toEqual(['secure'])
    expect(context.lines).toContainEqual({
      level: 'warn',
      message: expect.stringContaining('TLS verification is off'),
      fields: { id: 'readings' },
    })
  })

  test('a client certificate speaks for itself: SASL EXTERNAL', async () => {
    const { cert, key } = await serve()
    const said: string[] = []
    const server = createServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true }, socket => {
      const out = new FrameWriter()
      let step = 0
      socket
        .on('error', () => {})
        .on('data', data => {
          if (step++ === 0) {
            out.header(3)
            saslMechanisms(out, ['PLAIN', 'EXTERNAL'])
          } else if (step === 2) {
            said.push(/EXTERNAL|PLAIN|ANONYMOUS/.exec(data.toString('latin1'))?.[0] ?? '')
            saslOutcome(out, 0)
            // Servers may hurry ahead.
            out.header(0)
            writeOpen(out, { containerId: 'strict', maxFrameSize: 65_536, properties: openProperties('1.2.3', false) })
          } else return
          socket.write(out.copy())
          out.reset()
        })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise(resolve => server.close(() => resolve())) })
    server.on('tlsClientError', () => {})
    const url = `amqps://localhost:${(server.address() as AddressInfo).port}`
    const check = (tls: object) => amqp({ url, address: 'a', decode: raw(), tls: { ca: cert, ...tls } }).check!(connectorContext(), 3_000)
    expect(await check({ cert, key })).toEqual([{ ok: true, message: expect.stringContaining(`${url} answered as Millrace`) }])
    expect(said).toEqual(['EXTERNAL'])
    expect(await check({})).toMatchObject([{ ok: false }])
    expect(said).toHaveLength(1)
  })

  test('amqp:// to a TLS port, and amqps:// to a plain one, are named', async () => {
    const { port } = await serve()
    const bare = await reading({ url: `amqp://localhost:${port}` })
    await until('the reason', () => bare.status().error?.message.includes('amqps://') === true)
    const plain = await startPeer()
    open.push(plain)
    const reader = await reading({ url: `amqps://localhost:${plain.port}` })
    await until('the reason', () => reader.status().error?.message.includes('without TLS (amqp://)') === true)
  })
})
