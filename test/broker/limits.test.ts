import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { FrameWriter } from '../../src/amqp/frame-writer.js'
import { FRAME_AMQP, FRAME_SASL, Performative } from '../../src/amqp/frames.js'
import { createContainer } from '../../src/amqp/rhea.js'
import { type Node, type NodeOptions, startNode } from '../../src/broker/index.js'
import type { TimeSource } from '../../src/model/seams.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { silentLog } from '../support/silent-log.js'

const nodes: Node[] = []
const start = async (options: Partial<NodeOptions> = {}): Promise<Node> => {
  const node = await startNode({ time: systemTime, random: systemRandom, log: silentLog, ...options })
  nodes.push(node)
  return node
}
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close()
})

/** Sends bytes and gives all that came back once the node has closed the socket. */
const until = (node: Node, bytes: Buffer): Promise<Buffer> =>
  new Promise(resolve => {
    const socket: Socket = connect(node.port, '127.0.0.1', () => socket.write(bytes))
    const parts: Buffer[] = []
    socket.on('data', part => parts.push(part))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(parts)))
  })

const opening = (write: (out: FrameWriter) => void): Buffer => {
  const out = new FrameWriter()
  out.header(0)
  out.begin(FRAME_AMQP, 0)
  out.openList(Performative.open)
  out.string('raw')
  out.closeList()
  out.end()
  out.begin(FRAME_AMQP, 0)
  out.openList(Performative.begin)
  out.nil()
  out.uint(0)
  out.uint(100)
  out.uint(100)
  out.closeList()
  out.end()
  write(out)
  return out.written()
}

const sasl = (name: string, password: string): Buffer => {
  const out = new FrameWriter()
  out.header(3)
  out.begin(FRAME_SASL, 0)
  out.openList(Performative.saslInit)
  out.symbol('PLAIN')
  out.binary(Buffer.from(`\0${name}\0${password}`))
  out.closeList()
  out.end()
  return out.written()
}

/** A message of one amqp-value section. */
const value = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0x53, 0x77, 0xb1, 0, 0, text.length >> 8, text.length & 0xff]), Buffer.from(text)])

/** A message goes in and comes out: the neighbours are unharmed. */
const works = (node: Node): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const connection = createContainer({ onError: reject }).create_connection({
      host: '127.0.0.1',
      port: node.port,
      username: 'a',
      reconnect: false,
    })
    connection.on('disconnected', () => reject(new Error('disconnected')))
    connection.on('message', context => {
      resolve(context.message)
      connection.close()
    })
    connection.connect()
    connection.open_receiver({ source: { address: 'proof' } })
    const sender = connection.open_sender({ target: { address: 'proof' } })
    sender.on('sendable', () => sender.send(value('proof'), Buffer.from('0'), 0))
  })

describe('the node under attack', () => {
  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /^AMQP\0/],
    ['a frame over the limit', opening(out => out.payload(Buffer.from([0x7f, 0, 0, 0, 2, 0, 0, 0]))), /framing-error/],
    ['a frame of no size', opening(out => out.payload(Buffer.alloc(8))), /framing-error/],
    [
      'a count bomb',
      opening(out => {
        out.begin(FRAME_AMQP, 0)
        out.payload(Buffer.from([0, 0x53, 0x12, 0xd0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]))
        out.end()
      }),
      /decode-error/,
    ],
    [
      'a frame without a session',
      opening(out => {
        out.begin(FRAME_AMQP, 9)
        out.openList(Performative.flow)
        out.closeList()
        out.end()
      }),
      /not-allowed/,
    ],
  ])('answers %s and goes on', async (_name, bytes, answer) => {
    const node = await start()
    expect((await until(node, bytes)).toString('latin1')).toMatch(answer)
    await works(node)
  })

  it('survives mutated openings', async () => {
    const node = await start()
    const whole = opening(out => {
      out.begin(FRAME_AMQP, 0)
      out.openList(Performative.close)
      out.closeList()
      out.end()
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }), async changes => {
        const bytes = Buffer.from(whole)
        for (const [at, value] of changes) bytes[at] = value
        await new Promise<void>(resolve => {
          const socket = connect(node.port, '127.0.0.1', () => socket.end(bytes))
          socket.on('data', () => {})
          socket.on('error', () => {})
          socket.on('close', () => resolve())
        })
      }),
      { numRuns: 150 },
    )
    await works(node)
  })

  it('closes a peer that never opens', async () => {
    const timers: { readonly ms: number; readonly callback: () => void }[] = []
    const time: TimeSource = {
      ...systemTime,
      after(ms, callback) {
        timers.push({ ms, callback })
        return () => {}
      },
    }
    const node = await start({ time })
    const closed = until(node, Buffer.from('AMQ'))
    await expect.poll(() => timers.length).toBe(1)
    expect(timers[0]!.ms).toBeLessThanOrEqual(10_000)
    timers[0]!.callback()
    expect(await closed).toHaveLength(0)
  })

  it('knows its users, and takes nobody else', async () => {
    const node = await start({ users: { device: 'secret' } })
    const outcome = (code: number): Buffer => Buffer.from([0, 0x53, 0x44, 0xd0, 0, 0, 0, 6, 0, 0, 0, 1, 0x50, code])
    expect((await until(node, sasl('device', 'wrong'))).includes(outcome(1))).toBe(true)
    expect((await until(node, sasl('nobody', 'secret'))).includes(outcome(1))).toBe(true)
    const good = await until(node, Buffer.concat([sasl('device', 'secret'), Buffer.from('AMQP\0\x01\0\0', 'latin1'), Buffer.alloc(8)]))
    expect(good.includes(outcome(0))).toBe(true)
    expect(
      (
        await until(
          node,
          opening(() => {}),
        )
      ).subarray(0, 5),
    ).toEqual(Buffer.from('AMQP\x03'))
  })

  it('bounds its connections, and frees their places', async () => {
    const node = await start({ maxConnections: 1 })
    const first = connect(node.port, '127.0.0.1')
    first.write(Buffer.from('AMQP\0\x01\0\0', 'latin1'))
    await new Promise(resolve => first.once('data', resolve))
    expect(
      await until(
        node,
        opening(() => {}),
      ),
    ).toHaveLength(0)
    first.destroy()
    await expect
      .poll(() =>
        works(node).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
  })

  it('gives a full queue no credit, says so, and takes up again when it drains', async () => {
    const node = await start({ queueBytes: 20_000 })
    let changes = 0
    node.onChange(() => changes++)
    const connection = createContainer({ onError: () => {} }).create_connection({
      host: '127.0.0.1',
      port: node.port,
      username: 'a',
      reconnect: false,
    })
    connection.on('disconnected', () => {})
    connection.connect()
    const sender = connection.open_sender({ target: { address: 'small' } })
    let sent = 0
    sender.on('sendable', () => {
      for (let room = sender.credit; room > 0 && sent < 300; room--) {
        sent++
        sender.send(value('x'.repeat(300)), Buffer.from(String(sent)), 0)
      }
    })
    const stats = () => node.addresses().find(one => one.name === 'small')
    await expect.poll(() => stats()?.full).toBe(true)
    expect(stats()!.bytes).toBeLessThan(25_000)
    expect(stats()!.since).toBeGreaterThan(0)
    expect(changes).toBeGreaterThan(0)
    let got = 0
    connection.open_receiver({ source: { address: 'small' } }).on('message', () => got++)
    await expect.poll(() => got, { timeout: 5000 }).toBe(300)
    await expect.poll(() => [stats()!.full, stats()!.depth]).toEqual([false, 0])
    connection.close()
  })

  it('leaves no sender without credit when receivers have made room, however many senders share it', async () => {
    const node = await start({ queueBytes: 20_000 })
    const connection = createContainer({ onError: () => {} }).create_connection({
      host: '127.0.0.1',
      port: node.port,
      username: 'a',
      reconnect: false,
    })
    connection.on('disconnected', () => {})
    connection.connect()
    const accepted: number[] = []
    const senders = Array.from({ length: 40 }, (_, i) => {
      const sender = connection.open_sender({ target: { address: 'shared' } })
      sender.on('accepted', () => accepted.push(i))
      return sender
    })
    let tag = 0
    const send = (): void => {
      for (const sender of senders) while (sender.sendable()) sender.send(value('x'), Buffer.from(String(tag++)), 0)
    }
    for (const sender of senders) sender.on('sendable', send)
    const depth = () => node.addresses().find(one => one.name === 'shared')?.depth ?? 0
    await expect.poll(() => depth()).toBeGreaterThan(0)
    const before = accepted.length
    connection.open_receiver({ source: { address: 'shared' } })
    await expect.poll(() => accepted.length, { timeout: 5000 }).toBeGreaterThan(before + 500)
    connection.close()
  })

  it('bounds a message, and what a connection leaves unfinished', async () => {
    const node = await start({ maxMessageSize: 2000 })
    const attached = (links: number, bytes: number): Buffer =>
      opening(out => {
        for (let handle = 0; handle < links; handle++) {
          out.begin(FRAME_AMQP, 0)
          out.openList(Performative.attach)
          out.string(`l${handle}`)
          out.uint(handle)
          out.flag(false)
          out.nil()
          out.nil()
          out.nil()
          out.raw(Buffer.from([0, 0x53, 0x29, 0xc0, 5, 1, 0xa1, 2, 0x71, 0x71]))
          out.closeList()
          out.end()
          out.begin(FRAME_AMQP, 0)
          out.openList(Performative.transfer)
          out.uint(handle)
          out.uint(handle)
          out.tag(handle)
          out.uint(0)
          out.flag(false)
          out.flag(true)
          out.closeList()
          out.payload(Buffer.alloc(bytes))
          out.end()
        }
        out.begin(FRAME_AMQP, 0)
        out.openList(Performative.close)
        out.closeList()
        out.end()
      })
    expect((await until(node, attached(1, 2001))).toString('latin1')).toMatch(/message-size-exceeded/)
    expect((await until(node, attached(5, 1900))).toString('latin1')).toMatch(/resource-limit-exceeded/)
    expect((await until(node, attached(4, 1900))).toString('latin1')).not.toMatch(/exceeded/)
    await works(node)
  })

  it('stops hearing a peer that asks and never reads the answers', async () => {
    const node = await start()
    const socket = connect(node.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(opening(() => {}))
    socket.pause()
    const out = new FrameWriter()
    for (let i = 0; i < 2000; i++) {
      out.begin(FRAME_AMQP, 0)
      out.openList(Performative.flow)
      for (const field of [0, 100, 0, 100]) out.uint(field)
      for (let j = 0; j < 5; j++) out.nil()
      out.flag(true)
      out.closeList()
      out.end()
    }
    const questions = out.written()
    // Each question is answered with as many bytes; what does not get out must in the end not get in.
    let taken = 0
    let last = -1
    const feed = (): void => void socket.write(questions, () => ++taken < 5000 && feed())
    feed()
    await expect
      .poll(
        () => {
          const still = taken === last
          last = taken
          return still
        },
        { interval: 500, timeout: 20_000 },
      )
      .toBe(true)
    expect(taken * questions.length).toBeLessThan(64 * 1024 * 1024)
    await works(node)
    socket.destroy()
  })

  it('bounds subscriptions with the addresses', async () => {
    const node = await start({ maxAddresses: 4 })
    const connection = createContainer({ onError: () => {} }).create_connection({
      host: '127.0.0.1',
      port: node.port,
      username: 'a',
      reconnect: false,
    })
    connection.on('disconnected', () => {})
    connection.connect()
    const attach = (address: string): Promise<string> =>
      new Promise(resolve => {
        const receiver = connection.open_receiver({ source: { address } })
        receiver.on('receiver_open', () => receiver.source?.address && resolve('open'))
        receiver.on('receiver_error', () => resolve(receiver.error?.condition ?? ''))
      })
    for (const name of ['a', 'b', 'c']) expect(await attach(`news::${name}`)).toBe('open')
    expect(await attach('news::d')).toBe('amqp:resource-limit-exceeded')
    expect(await attach('news::a')).toBe('open')
    connection.close()
  })

  it.each([
    [{ users: { device: 'canary' } }, /0\.0\.0\.0 without TLS: names, passwords/],
    [{ allowAnonymous: true }, /takes anonymous peers/],
    [{}, /has no users/],
  ])('warns of a listener beyond this machine: %j', async (options, words) => {
    const lines: string[] = []
    const log = { ...silentLog, warn: (line: string) => void lines.push(line) }
    await start({ ...options, host: '0.0.0.0', log })
    expect(lines).toEqual([expect.stringMatching(words)])
    expect(lines.join()).not.toContain('canary')
    await start({ ...options, log })
    expect(lines).toHaveLength(1)
  })

  it('says which port is taken', async () => {
    const node = await start()
    await expect(start({ port: node.port })).rejects.toMatchObject({ code: 'MR701' })
    await expect(start({ maxFrameSize: 3 })).rejects.toMatchObject({ code: 'MR702' })
  })
})
