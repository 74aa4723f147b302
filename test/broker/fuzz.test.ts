import { connect } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeMessage } from '../../src/amqp/encode-message.js'
import { FrameWriter } from '../../src/amqp/frame-writer.js'
import { FRAME_AMQP, Performative } from '../../src/amqp/frames.js'
import { createContainer, type Sender } from '../../src/amqp/rhea.js'
import { type Node, startNode } from '../../src/broker/index.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { silentLog } from '../support/silent-log.js'

const runs = Number(process.env['FUZZ_RUNS'] ?? 400)

/** A whole conversation: open, begin, both ends of a link on one address, messages, credit, a selector, dispositions, drain. */
const conversation = (address: string, capability: string): Buffer => {
  const out = new FrameWriter()
  const frame = (performative: number, fields: () => void, payload?: Uint8Array): void => {
    out.begin(FRAME_AMQP, 0)
    out.openList(performative)
    fields()
    out.closeList()
    if (payload) out.payload(payload)
    out.end()
  }
  const nulls = (count: number): void => {
    for (let i = 0; i < count; i++) out.nil()
  }
  const list = (code: number, items: readonly Buffer[]): Buffer => {
    const body = Buffer.concat(items)
    const head = Buffer.from([0, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, items.length])
    head.writeUInt32BE(body.length + 4, 4)
    return Buffer.concat([head, body])
  }
  const short = (code: number, text: string): Buffer => Buffer.from([code, text.length, ...Buffer.from(text, 'latin1')])
  const none = Buffer.from([0x40])
  const selector = Buffer.concat([
    Buffer.from([0xc1, 0, 2]),
    short(0xa3, 's'),
    Buffer.from([0, 0x80, 0, 0, 0x46, 0x8c, 0, 0, 0, 4]),
    short(0xa1, "room = 'hall' OR n > 3"),
  ])
  selector[1] = selector.length - 2
  const source = list(0x28, [short(0xa1, address), none, none, none, none, none, none, selector, none, none, short(0xa3, capability)])
  const target = list(0x29, [short(0xa1, address), none, none, none, none, none, short(0xa3, capability)])
  out.header(0)
  frame(Performative.open, () => out.string('fuzz'))
  frame(Performative.begin, () => {
    out.nil()
    for (let i = 0; i < 3; i++) out.uint(i === 0 ? 0 : 2048)
  })
  frame(Performative.attach, () => {
    out.string('r')
    out.uint(0)
    out.flag(true)
    nulls(2)
    out.raw(source)
    out.raw(target)
  })
  frame(Performative.attach, () => {
    out.string('s')
    out.uint(1)
    out.flag(false)
    nulls(2)
    out.raw(source)
    out.raw(target)
    nulls(2)
    out.uint(0)
  })
  frame(Performative.flow, () => {
    for (const field of [0, 2048, 0, 2048, 0, 0, 50]) out.uint(field)
  })
  for (let i = 0; i < 6; i++) {
    const message = encodeMessage({
      durable: true,
      messageId: `m${i}`,
      to: address,
      applicationProperties: { room: 'hall', n: i },
      body: { value: i },
    })
    const cut = i % 2 === 0 ? message.length : 20
    for (const [part, more] of cut === message.length
      ? ([[message, false]] as const)
      : ([
          [message.subarray(0, cut), true],
          [message.subarray(cut), false],
        ] as const))
      frame(
        Performative.transfer,
        () => {
          out.uint(1)
          out.uint(i)
          out.tag(i)
          out.uint(0)
          out.flag(i === 3)
          out.flag(more)
        },
        part,
      )
  }
  frame(Performative.disposition, () => {
    out.flag(true)
    out.uint(0)
    out.uint(3)
    out.flag(true)
    out.raw(Buffer.from([0, 0x53, 0x27, 0xc0, 3, 2, 0x41, 0x41]))
  })
  frame(Performative.flow, () => {
    for (const field of [0, 2048, 0, 2048, 0, 0, 5]) out.uint(field)
    out.nil()
    out.flag(true)
    out.flag(true)
  })
  frame(Performative.detach, () => {
    out.uint(1)
    out.flag(true)
  })
  frame(Performative.end, () => {})
  frame(Performative.close, () => {})
  return out.written()
}

/** A neighbour whose message goes round for ever: sent, received, accepted, sent again. */
const neighbour = (node: Node): { readonly rounds: () => number; readonly lost: () => boolean; close(): void } => {
  let rounds = 0
  let lost = false
  const connection = createContainer({ onError: () => {} }).create_connection({
    host: '127.0.0.1',
    port: node.port,
    username: 'a',
    reconnect: false,
  })
  connection.on('disconnected', () => {
    lost = true
  })
  connection.connect()
  connection.open_receiver({ source: { address: 'neighbour' } })
  const sender: Sender = connection.open_sender({ target: { address: 'neighbour' } })
  const next = (): void => void sender.send(encodeMessage({ body: { value: ++rounds } }), undefined, 0)
  sender.once('sendable', next)
  connection.on('message', next)
  return { rounds: () => rounds, lost: () => lost, close: () => connection.close() }
}

const once = (node: Node, bytes: Buffer): Promise<void> =>
  new Promise(resolve => {
    const socket = connect(node.port, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', () => {})
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })

it(`survives ${runs} mutated conversations, and the neighbour's messages keep going round`, async () => {
  const node = await startNode({
    time: systemTime,
    random: systemRandom,
    log: silentLog,
    queueBytes: 1_000_000,
    maxAddresses: 500,
    maxMessageSize: 100_000,
  })
  const good = neighbour(node)
  await expect.poll(() => good.rounds()).toBeGreaterThan(10)
  let before = good.rounds()
  const texts = ['queue', 'topic', 'anycast', 'multicast'].map(kind => conversation(`fuzz-${kind}`, kind))
  // Unchanged, it is a conversation that works: otherwise the changes would not reach far.
  await once(node, texts[0]!)
  await expect.poll(() => node.addresses().find(one => one.name === 'fuzz-queue')).toMatchObject({ received: 6 })
  const change = fc.record({
    at: fc.nat(),
    value: fc.integer({ min: 0, max: 255 }),
    how: fc.constantFrom('set', 'insert', 'cut', 'repeat'),
  })
  let largest = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.array(change, { maxLength: 5 }), async (which, changes) => {
        let bytes = texts[which]!
        for (const { at, value, how } of changes) {
          const place = at % bytes.length
          if (how === 'set') bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([value]), bytes.subarray(place + 1)])
          else if (how === 'insert') bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([value]), bytes.subarray(place)])
          else if (how === 'cut') bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + value)])
          else bytes = Buffer.concat([bytes.subarray(0, place + value), bytes.subarray(place)])
        }
        await once(node, bytes)
        largest = Math.max(largest, process.memoryUsage().rss)
        expect(good.lost()).toBe(false)
      }),
      { numRuns: runs },
    )
    before = Math.max(before, good.rounds())
    await expect.poll(() => good.rounds()).toBeGreaterThan(before + 10)
    expect(node.addresses().length).toBeLessThanOrEqual(500)
    expect(largest).toBeLessThan(1_000_000_000)
  } finally {
    good.close()
    await node.close()
  }
}, 120_000)
