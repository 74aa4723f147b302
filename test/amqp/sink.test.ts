import { afterEach, describe, expect, test } from 'vitest'
import { amqpSink } from '../../connectors/amqp/index.js'
import { type EventContext, type LazyMessage, outcomes, writeDisposition } from '../../src/amqp/rhea.js'
import type { SinkWriter } from '../../src/connector/sink.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'
import { type Peer, startPeer } from './peer.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** A peer that gives `credit` to each link and hands deliveries to the test, which settles them. */
async function receiving(credit: number, port?: number, properties?: object): Promise<Peer & { readonly got: EventContext[] }> {
  const peer = await startPeer(port, { ...properties })
  open.push(peer)
  const got: EventContext[] = []
  peer.on('receiver_open', ({ receiver }) => {
    if (credit > 0) receiver.add_credit(credit)
  })
  peer.on('message', context => void got.push(context))
  return Object.assign(peer, { got })
}

const writing = async (url: string, options: object = {}, context = connectorContext({ id: 'alerts' })): Promise<SinkWriter> => {
  const writer = await amqpSink<{ room: string }>('alerts', { url, address: 'alerts', ...options }).open(context)
  open.push(writer)
  return writer
}

const at = { entry: 0, ordinal: 0 }
const idOf = (context: EventContext) => context.message.message_id
const accept = (context: EventContext) => context.delivery.update(true, outcomes.accepted())
const parsed = (message: LazyMessage) => JSON.parse((message.body as { content: Buffer }).content.toString()) as unknown

describe('AMQP sink', () => {
  test('a row becomes a JSON object with its id, its type and its times', async () => {
    const peer = await receiving(10)
    const writer = await writing(peer.url, { subject: 'hot', properties: { site: 'hall' } })
    const written = writer.write(outputs(['a', 'b'], { removed: Uint8Array.of(0, 1) }), at)
    await until('both', () => peer.got.length === 2)
    const { message } = peer.got[0]!
    expect(message).toMatchObject({ durable: true, message_id: 'r0', to: 'alerts', subject: 'hot', content_type: 'application/json' })
    expect(message.application_properties).toEqual({ _AMQ_DUPL_ID: 'r0', site: 'hall' })
    expect(parsed(message)).toEqual({ room: 'a', mean: 0.5, at: '1970-01-01T00:00:00.000Z' })
    expect(parsed(peer.got[1]!.message)).toEqual({ room: 'b', mean: 1.5, at: '1970-01-01T00:00:01.000Z', removed: true })
    let done = false
    void written.then(() => {
      done = true
    })
    accept(peer.got[0]!)
    await until('one acknowledged', () => writer.status().pending === 1)
    expect(done).toBe(false)
    accept(peer.got[1]!)
    await written
    expect(writer.status()).toMatchObject({ connected: true, pending: 0 })
  })

  test('without credit it waits and says so; with credit it goes on', async () => {
    const peer = await receiving(0)
    const receivers: EventContext[] = []
    peer.on('receiver_open', context => void receivers.push(context))
    peer.on('message', accept)
    const writer = await writing(peer.url)
    const written = writer.write(outputs(['a', 'b', 'c']), at)
    await until('attached', () => writer.status().waiting?.for === "credit from 'alerts'")
    expect(peer.got).toHaveLength(0)
    receivers[0]!.receiver.add_credit(2)
    await until('two', () => peer.got.length === 2)
    expect(writer.status()).toMatchObject({ pending: 1, credit: 0 })
    receivers[0]!.receiver.add_credit(1)
    await written
  })

  test('what was in flight at a cut is sent again, in order', async () => {
    const peer = await receiving(10)
    const writer = await writing(peer.url)
    const written = writer.write(outputs(['a', 'b', 'c']), at)
    await until('three', () => peer.got.length === 3)
    accept(peer.got[0]!)
    await until('one acknowledged', () => writer.status().pending === 2)
    peer.cut()
    await until('again', () => peer.got.length === 5)
    expect(peer.got.map(idOf)).toEqual(['r0', 'r1', 'r2', 'r1', 'r2'])
    for (const context of peer.got.slice(3)) accept(context)
    await written
  })

  test('outputs go without waiting for the answer to those before them, in order also after a cut', async () => {
    const peer = await receiving(10)
    const writer = await writing(peer.url)
    expect(writer.gathers).toEqual({ rows: 1_000, ms: 0 })
    const done: number[] = []
    const rooms = ['a', 'b', 'c']
    const written = rooms.map((room, entry) => writer.write(outputs([room]), { entry, ordinal: 0 }).then(() => void done.push(entry)))
    const roomsOf = (): unknown[] => peer.got.map(({ message }) => (parsed(message) as { readonly room: string }).room)
    await until('all three, none of them answered', () => peer.got.length === 3)
    accept(peer.got[0]!)
    await until('the first is done', () => done.length === 1)
    peer.cut()
    await until('again', () => peer.got.length === 5)
    expect(roomsOf()).toEqual(['a', 'b', 'c', 'b', 'c'])
    for (const context of peer.got.slice(3)) accept(context)
    await Promise.all(written)
    expect(done).toEqual([0, 1, 2])
  })

  test('released and modified rows are kept and sent again', async () => {
    const peer = await receiving(10)
    const writer = await writing(peer.url)
    const written = writer.write(outputs(['a', 'b', 'c']), at)
    await until('three', () => peer.got.length === 3)
    const answers = [outcomes.released(), outcomes.accepted(), outcomes.modified({ delivery_failed: true })]
    answers.forEach((answer, i) => {
      const { delivery, session } = peer.got[i]!
      delivery.settled = true
      writeDisposition(session, delivery.id, delivery.id, answer)
    })
    await until('two again', () => peer.got.length === 5)
    expect(peer.got.slice(3).map(idOf)).toEqual(['r0', 'r2'])
    for (const context of peer.got.slice(3)) accept(context)
    await written
  })

  test('rejected rows are named, and the others are delivered', async () => {
    const peer = await receiving(10)
    const writer = await writing(peer.url)
    const written = writer.write(outputs(['a', 'b', 'c']), at).catch((error: unknown) => error)
    await until('three', () => peer.got.length === 3)
    accept(peer.got[0]!)
    await until('first', () => writer.status().pending === 2)
    peer.got[1]!.delivery.update(true, outcomes.rejected({ condition: 'x:full', description: 'no more' }))
    await until('second', () => writer.status().pending === 1)
    accept(peer.got[2]!)
    const error = await written
    expect(error).toMatchObject({ code: 'MR311', message: expect.stringContaining('1 of 3 rows') })
    expect(String(error)).toMatch(/x:full, no more\): r1$/)
  })

  test('drain is obeyed: the credit is used up and said to be', async () => {
    const peer = await receiving(5)
    let drained = 0
    const receivers: EventContext[] = []
    peer.on('receiver_open', context => void receivers.push(context))
    peer.on('receiver_drained', () => {
      drained++
    })
    const writer = await writing(peer.url)
    void writer.write(outputs(['a']), at).catch(() => {})
    await until('sent', () => peer.got.length === 1)
    receivers[0]!.receiver.drain_credit()
    await until('drained', () => drained === 1)
    expect(writer.status().credit).toBe(0)
  })

  test('an address per row opens a link for each; a row without one is named', async () => {
    const peer = await receiving(10)
    peer.on('message', accept)
    const writer = await writing(peer.url, { address: () => ({}) })
    const rooms = ['hall', 'yard', null]
    const computed = { address: { type: 'text', form: 'plain', values: rooms.map(room => room && `alerts/${room}`) } } as const
    await expect(writer.write(outputs(rooms, { computed }), at)).rejects.toMatchObject({
      code: 'MR314',
      message: expect.stringMatching(/: r2$/),
    })
    expect(peer.got.map(context => context.receiver.target?.address).sort()).toEqual(['alerts/hall', 'alerts/yard'])
  })

  test('ten times more addresses than links: all rows arrive, and links stay bounded', async () => {
    const peer = await receiving(10)
    let now = 0
    let most = 0
    peer.on('receiver_open', () => {
      most = Math.max(most, ++now)
    })
    for (const event of ['session_close', 'receiver_close'])
      peer.on(event, ({ session }) => void (event === 'session_close' && session && now--))
    peer.on('message', accept)
    const writer = await writing(peer.url, { address: () => ({}) })
    const rooms = Array.from({ length: 640 }, (_, i) => `room-${i}`)
    const computed = { address: { type: 'text', form: 'plain', values: rooms } } as const
    await writer.write(outputs(rooms, { computed }), at)
    expect(peer.got.map(idOf).sort()).toEqual(rooms.map((_, i) => `r${i}`).sort())
    expect(most).toBeLessThanOrEqual(64)
    expect(peer.connections).toHaveLength(1)
  })

  test('a row larger than the peer takes is named, and the others are delivered', async () => {
    const peer = await startPeer()
    open.push(peer)
    peer.on('connection_open', ({ connection }) => {
      const raw = connection as unknown as { options: Record<string, unknown> }
      raw.options['receiver_options'] = { max_message_size: 2000, autoaccept: true, credit_window: 10 }
    })
    const got: unknown[] = []
    peer.on('message', context => void got.push(idOf(context)))
    const writer = await writing(peer.url)
    await expect(writer.write(outputs(['a', 'x'.repeat(3000), 'c']), at)).rejects.toMatchObject({
      code: 'MR311',
      message: expect.stringMatching(/2000.*: r1$/),
    })
    expect(got).toEqual(['r0', 'r2'])
  })

  test('a broker that comes later gets what waits', async () => {
    const gone = await startPeer()
    await gone.close()
    const writer = await writing(gone.url)
    const written = writer.write(outputs(['a']), at)
    await until('an attempt', () => writer.status().waiting?.for.includes('connection refused') === true)
    expect(writer.status().waiting?.for).toMatch(/^the broker \(amqp:.*connection refused\)$/)
    const peer = await receiving(10, gone.port)
    peer.on('message', accept)
    await written
    expect(peer.got.map(idOf)).toEqual(['r0'])
  })

  test('a link that is forced off is attached again', async () => {
    const peer = await receiving(10)
    let links = 0
    peer.on('receiver_open', ({ receiver }) => {
      if (++links === 1) receiver.close({ condition: 'amqp:link:detach-forced', description: 'later' })
    })
    peer.on('message', accept)
    const writer = await writing(peer.url)
    await writer.write(outputs(['a']), at)
    expect(links).toBe(2)
    expect(peer.connections).toHaveLength(1)
  })

  test('a forbidden address fails the write', async () => {
    const peer = await receiving(10)
    peer.on('receiver_open', ({ receiver }) => receiver.close({ condition: 'amqp:unauthorized-access', description: 'no' }))
    const writer = await writing(peer.url)
    await expect(writer.write(outputs(['a']), at)).rejects.toMatchObject({ code: 'MR309' })
  })
})

describe('what an AMQP sink promises', () => {
  const artemis = { product: 'apache-activemq-artemis', version: '2.56.0' }
  const faults = (options: object) => {
    try {
      amqpSink('alerts', { address: 'alerts', ...options })
    } catch (error) {
      return String(error)
    }
    return 'none'
  }

  test.each([
    ['Artemis', artemis, 'idempotent', 20_000],
    ["Millrace's node", { product: 'Millrace', 'duplicate-ids': 30_000, durable: true }, 'idempotent', 30_000],
    ["Millrace's node in memory", { product: 'Millrace', 'duplicate-ids': 30_000, durable: false }, 'append', undefined],
    ["Millrace's node that says nothing of it", { product: 'Millrace', 'duplicate-ids': 30_000 }, 'append', undefined],
    ["Millrace's node before it knew ids", { product: 'Millrace' }, 'append', undefined],
    ['a peer whose number is none', { 'duplicate-ids': 'many' }, 'append', undefined],
    ['a peer whose number is below none', { 'duplicate-ids': -1 }, 'append', undefined],
    ['RabbitMQ', { product: 'RabbitMQ', version: '4.1.0' }, 'append', undefined],
    ['a peer that says nothing', {}, 'append', undefined],
    ['a peer with a strange name', { product: 'constructor', version: '1' }, 'append', undefined],
  ])('%s', async (_, properties, guarantee, remembers) => {
    const peer = await receiving(10, 0, properties)
    const writer = await writing(peer.url)
    await writer.open()
    expect(writer.guarantee).toBe(guarantee)
    expect(writer.remembers).toBe(remembers)
    const forgets = 'duplicate-ids' in properties && guarantee === 'append' && Number(properties['duplicate-ids']) > 0
    expect(writer.why, 'why it may repeat').toEqual(forgets ? expect.stringContaining('in memory only') : undefined)
  })

  test('is known when the broker is: opening waits for it, and says so', async () => {
    const gone = await startPeer()
    await gone.close()
    const writer = await writing(gone.url)
    let open = false
    const opening = writer.open().then(() => {
      open = true
    })
    await until('an attempt', () => writer.status().detail.startsWith('waits for the broker'))
    const waiting = { for: expect.stringMatching(/^the broker \(amqp:.*connection refused\)$/) }
    expect(writer.status()).toMatchObject({ connected: false, error: { code: 'MR307' }, waiting })
    expect(open).toBe(false)
    await receiving(10, gone.port, artemis)
    await opening
    expect(writer.guarantee).toBe('idempotent')
  })

  test('a sink that is closed, or refused, while it opens does not wait for ever', async () => {
    const gone = await startPeer()
    await gone.close()
    const writer = await writing(gone.url)
    const opening = expect(writer.open()).rejects.toMatchObject({
      code: 'MR313',
      message: expect.stringContaining('before it was connected'),
    })
    await writer.close()
    await opening
    await expect(writer.open()).rejects.toMatchObject({ code: 'MR313' })

    const strict = await startPeer()
    open.push(strict)
    strict.users(() => false)
    const refused = await writing(strict.url, { user: 'device', password: 'wrong' })
    await expect(refused.open()).rejects.toMatchObject({ code: 'MR305' })
    await expect(refused.open()).rejects.toMatchObject({ code: 'MR305' })
  })

  test('the author may say it instead, and then nothing waits', async () => {
    const gone = await startPeer()
    await gone.close()
    const said = await writing(gone.url, { idCacheSize: 5_000 })
    await said.open()
    expect(said).toMatchObject({ guarantee: 'idempotent', remembers: 5_000 })
    const none = await writing(gone.url, { idCacheSize: 0 })
    await none.open()
    expect(none).toMatchObject({ guarantee: 'append', remembers: undefined })
    const peer = await receiving(10, 0, artemis)
    const smaller = await writing(peer.url, { idCacheSize: 5_000 })
    await until('connected', () => smaller.status().connected)
    expect(smaller.remembers).toBe(5_000)
  })

  test('nothing is remembered on a direct link, whoever stands behind it', async () => {
    const peer = await receiving(10, 0, artemis)
    for (const kind of ['anycast', 'multicast']) {
      const writer = await writing(peer.url, { kind })
      await until('connected', () => writer.status().connected)
      await writer.open()
      expect(writer.guarantee).toBe('append')
    }
  })

  test('it falls when a broker that drops no repeats takes over, and stays there', async () => {
    const first = await receiving(10, 0, artemis)
    const second = await receiving(10, 0, { product: 'RabbitMQ', version: '4.1.0' })
    const context = connectorContext({ id: 'alerts' })
    const writer = await writing('', { url: [first.url, second.url] }, context)
    await writer.open()
    expect(writer.guarantee).toBe('idempotent')
    await first.close()
    await until('the other', () => writer.status().endpoint === second.url && writer.status().connected)
    expect(writer).toMatchObject({ guarantee: 'append', remembers: undefined })
    expect(context.lines.some(({ level, message }) => level === 'warn' && message.includes('drops no repeated results'))).toBe(true)
    const again = await receiving(10, first.port, artemis)
    second.cut()
    await until('back', () => again.connections.length > 0)
    await until('connected', () => writer.status().connected)
    expect(writer.guarantee).toBe('append')
  })

  test('the option is checked', () => {
    expect(faults({ idCacheSize: 2_047 })).toMatch(/`idCacheSize` wants 0, or a whole number from 2048/)
    expect(faults({ idCacheSize: '20000' })).toMatch(/`idCacheSize` wants 0/)
    expect(faults({ idCacheSize: 5_000, kind: 'anycast' })).toMatch(/`idCacheSize` belongs to a broker/)
    expect(faults({ idCacheSize: 0, kind: 'anycast' })).toBe('none')
  })

  test('before it is open it says on what it depends', () => {
    const promise = (options: object) => amqpSink('alerts', { address: 'alerts', ...options }).promise
    expect(promise({})).toMatchObject({ guarantee: 'depends-on-peer' })
    expect(promise({ idCacheSize: 5_000 })).toEqual({ guarantee: 'idempotent', remembers: 5_000 })
    for (const options of [{ idCacheSize: 0 }, { kind: 'multicast' }]) expect(promise(options)).toEqual({ guarantee: 'append' })
  })
})
