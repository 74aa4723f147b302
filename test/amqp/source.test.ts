import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { amqp } from '../../connectors/amqp/index.js'
import type { DecoderSpec } from '../../src/codecs/decoder.js'
import type { SourceReader } from '../../src/connector/source.js'
import type { TimeSource } from '../../src/model/seams.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { feed, type Peer, startPeer, texts } from './peer.js'

const decode: DecoderSpec<{ text: string }> = {
  params: {},
  schema: { fields: {} },
  opaque: false,
  compile: () => ({ decode: () => ({ length: 0, columns: {}, messages: new Int32Array(0), rejected: [], skipped: 0 }) }),
}

const open: { close(): Promise<void> }[] = []
const peer = async (port?: number): Promise<Peer> => {
  const started = await startPeer(port)
  open.push(started)
  return started
}
const reading = async (
  options: Partial<Parameters<typeof amqp<{ text: string }>>[0]>,
  context = connectorContext(),
): Promise<SourceReader> => {
  const reader = await amqp({ address: 'a', decode, ...options }).open(context)
  open.push({ close: () => reader.close('release') })
  return reader
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const numbered = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `m${i + from}`)

async function take(reader: SourceReader, n: number): Promise<{ texts: string[]; receipts: { receipt: number; length: number }[] }> {
  const all: string[] = []
  const receipts: { receipt: number; length: number }[] = []
  while (all.length < n) {
    const chunk = await reader.next()
    if (!chunk) break
    all.push(...texts(chunk))
    receipts.push({ receipt: chunk.receipt, length: chunk.length })
  }
  return { texts: all, receipts }
}

describe('AMQP source', () => {
  test('more than twice its credit flows while nothing is settled, then one receipt settles all', async () => {
    const server = await peer()
    const outcomes = new Map<string, string[]>()
    server.on('sender_open', context => feed(context.sender, numbered(500), outcomes))
    const reader = await reading({ url: server.url, credit: 50 })
    const { texts: got, receipts } = await take(reader, 500)
    expect(got).toEqual(numbered(500))
    expect(reader.status().unsettled).toBe(500)
    expect(outcomes.size).toBe(0)
    reader.settle(receipts.at(-1)!.receipt)
    await until('all accepted', () => outcomes.size === 500)
    expect([...outcomes.values()].flat().every(kind => kind === 'accepted')).toBe(true)
    expect(reader.status().unsettled).toBe(0)
  })

  test('outcomes of mixed kinds reach the sender as they were given', async () => {
    const server = await peer()
    const outcomes = new Map<string, string[]>()
    server.on('sender_open', context => {
      feed(context.sender, numbered(8), outcomes)
    })
    const reader = await reading({ url: server.url })
    await until('all arrived', () => reader.status().bufferedBytes === 8 * 7)
    const { receipts } = await take(reader, 8)
    expect(receipts).toHaveLength(1)
    const { receipt } = receipts[0]!
    reader.settle(receipt, [
      { receipt, index: 0, outcome: { outcome: 'released' } },
      { receipt, index: 2, outcome: { outcome: 'rejected', condition: 'x:one', description: '1' } },
      { receipt, index: 3, outcome: { outcome: 'rejected', condition: 'x:two', description: '2' } },
      { receipt, index: 5, outcome: { outcome: 'modified', deliveryFailed: true } },
    ])
    await until('all settled', () => outcomes.size === 8)
    const kinds = numbered(8).map(body => outcomes.get(body)![0])
    expect(kinds).toEqual(['released', 'accepted', 'rejected', 'rejected', 'accepted', 'modified', 'accepted', 'accepted'])
  })

  test('after a cut the unsettled come again and old receipts are forgotten', async () => {
    const server = await peer()
    const outcomes = new Map<string, string[]>()
    let attached = 0
    server.on('sender_open', context => {
      attached++
      feed(context.sender, numbered(3), outcomes)
    })
    const reader = await reading({ url: server.url })
    const first = await take(reader, 3)
    server.cut()
    const second = await take(reader, 3)
    expect(second.texts).toEqual(first.texts)
    expect(attached).toBe(2)
    expect(reader.status().reconnects).toBe(1)
    reader.settle(first.receipts.at(-1)!.receipt)
    expect(reader.status().unsettled).toBe(3)
    expect(outcomes.size).toBe(0)
    reader.settle(second.receipts.at(-1)!.receipt)
    await until('settled once', () => outcomes.size === 3)
  })

  test('a link that the peer detaches is attached again on the same connection', async () => {
    const server = await peer()
    let attached = 0
    server.on('sender_open', context => {
      if (++attached === 1) context.sender.close({ condition: 'amqp:link:detach-forced', description: 'for a while' })
      else feed(context.sender, ['back'], new Map())
    })
    const reader = await reading({ url: server.url })
    expect((await take(reader, 1)).texts).toEqual(['back'])
    expect(server.connections).toHaveLength(1)
    expect(reader.status()).toMatchObject({ connected: true, reconnects: 1 })
  })

  test('wrong credentials stop it, naming user and endpoint but not the password', async () => {
    const server = await peer()
    server.users((user, password) => user === 'device' && password === 'right')
    const reader = await reading({ url: server.url, user: 'device', password: 'wr0ng-canary' })
    const error = await reader.next().catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'MR305' })
    expect(String(error)).toContain(`127.0.0.1:${server.port} refuses user 'device'`)
    expect(JSON.stringify([error, reader.status()]) + String(error)).not.toContain('canary')
  })

  test.each([
    ['AMQP\x00\x00\x09\x01', 'this is AMQP 0-9-1'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'this is HTTP'],
    ['\x15\x03\x01\x00\x02\x02\x46', 'this is TLS'],
  ])('a server that answers %j is named', async (answer, name) => {
    const server = createServer(socket => {
      socket.on('error', () => {}).resume()
      socket.end(Buffer.from(answer, 'latin1'))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise(resolve => server.close(() => resolve())) })
    const reader = await reading({ url: `amqp://127.0.0.1:${(server.address() as { port: number }).port}` })
    await expect(reader.next()).rejects.toMatchObject({ code: 'MR306', message: expect.stringContaining(name) })
  })

  test('a server that takes the connection and says nothing is named within two seconds or so', async () => {
    const server = createServer(socket => void socket.on('error', () => {}).resume())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise(resolve => server.close(() => resolve())) })
    let due = 0
    const after: TimeSource['after'] = (ms, callback) =>
      systemTime.after(ms, () => {
        due = ms
        callback()
      })
    const context = connectorContext({ time: { ...systemTime, after } })
    const url = `amqp://127.0.0.1:${(server.address() as { port: number }).port}`
    const reader = await amqp({ url, address: 'readings', decode }).open(context)
    open.push({ close: () => reader.close('release') })
    await until('the notice', () => context.lines.length > 0)
    // By the clock of the source: how long a busy machine takes for a second is not its doing.
    expect(due).toBeLessThanOrEqual(2_000)
    const words = `${url} took the connection and says nothing; perhaps it wants TLS (amqps://) or speaks another protocol`
    expect(reader.status().detail).toBe(words)
    expect(context.lines).toEqual([{ level: 'warn', message: words, fields: {} }])
    await reader.close('release')
    const [result] = await amqp({ url, address: 'readings', decode }).check!(context, 1_000)
    expect(result).toMatchObject({ ok: false, code: 'MR307', severity: 'warning', message: `${words}, for 1 s` })
    // Nothing of a connection that was never made outlives its reader.
    let left = -1
    await until('the connections to be gone', () => {
      server.getConnections((_, count) => {
        left = count
      })
      return left === 0
    })
  })

  test('the second of a fail-over list serves when the first is away', async () => {
    const gone = await startPeer()
    await gone.close()
    const server = await peer()
    server.on('sender_open', context => feed(context.sender, ['here'], new Map()))
    const reader = await reading({ url: [gone.url, server.url] })
    expect((await take(reader, 1)).texts).toEqual(['here'])
    expect(reader.status().endpoint).toBe(server.url)
  })

  test('a broker that is away is waited for', async () => {
    const gone = await startPeer()
    await gone.close()
    const reader = await reading({ url: gone.url })
    await until('one attempt', () => reader.status().error?.code === 'MR307')
    expect(reader.status()).toMatchObject({ connected: false, live: false, detail: expect.stringContaining('connection refused') })
    const server = await peer(gone.port)
    server.on('sender_open', context => feed(context.sender, ['back'], new Map()))
    expect((await take(reader, 1)).texts).toEqual(['back'])
  })

  test('an address that does not exist has its own code and is tried again', async () => {
    const server = await peer()
    server.on('sender_open', context => context.sender.close({ condition: 'amqp:not-found', description: 'no such queue' }))
    const reader = await reading({ url: server.url, address: 'nowhere' })
    await until('the reason', () => reader.status().error?.code === 'MR308')
    expect(reader.status().detail).toContain("'nowhere'")
  })

  test('a refused link stops it', async () => {
    const server = await peer()
    server.on('sender_open', context => context.sender.close({ condition: 'amqp:unauthorized-access', description: 'no' }))
    const reader = await reading({ url: server.url })
    await expect(reader.next()).rejects.toMatchObject({ code: 'MR309' })
  })

  test('closing releases what was not settled, given out or not', async () => {
    const server = await peer()
    const outcomes = new Map<string, string[]>()
    server.on('sender_open', context => feed(context.sender, numbered(10), outcomes))
    const reader = await reading({ url: server.url, credit: 5 })
    const { receipts } = await take(reader, 5)
    await until('more wait', () => reader.status().bufferedBytes! > 0 && reader.status().credit! < 5)
    reader.settle(receipts[0]!.receipt)
    await reader.close('release')
    await until('outcomes', () => [...outcomes.values()].flat().includes('released'))
    expect(outcomes.get('m0')).toEqual(['accepted'])
    expect([...outcomes.values()].every(kinds => kinds.length === 1)).toBe(true)
    expect(await reader.next()).toBeUndefined()
  })

  test('draining stops the credit and still gives what has arrived', async () => {
    const server = await peer()
    server.on('sender_open', context => feed(context.sender, numbered(4), new Map()))
    const reader = await reading({ url: server.url })
    await until('arrived', () => reader.status().bufferedBytes === 4 * 7)
    await reader.close('drain')
    expect((await take(reader, 99)).texts).toEqual(numbered(4))
  })

  test('a durable subscription keeps its names and detaches without closing', async () => {
    const server = await peer()
    const seen: { container: string; link: string; durable: unknown; expiry: unknown; closed: unknown }[] = []
    server.on('sender_open', context => {
      const { source } = context.sender
      const seenOne = {
        container: context.connection.container_id!,
        link: context.sender.name,
        durable: source!.durable,
        expiry: source!.expiry_policy,
        closed: undefined as unknown,
      }
      seen.push(seenOne)
      context.sender.on('sender_close', () => {
        seenOne.closed = context.sender.remote.detach?.closed
      })
    })
    for (let i = 0; i < 2; i++) {
      const reader = await reading({ url: server.url, address: 'news', subscription: { name: 'desk', durable: true } })
      await until('attached', () => reader.status().connected)
      await reader.close('release')
      await until('detached', () => seen[i]!.closed !== undefined)
    }
    expect(seen[0]).toEqual({ container: 'millrace.test.readings', link: 'desk', durable: 2, expiry: 'never', closed: false })
    expect(seen[1]).toEqual(seen[0])
  })

  test('messages settled by their sender are counted, owed nothing, and survive a cut', async () => {
    const server = await peer()
    server.on('sender_open', context => {
      ;(context.sender.local.attach as unknown as { snd_settle_mode: number }).snd_settle_mode = 1
      feed(context.sender, ['gift'], new Map())
    })
    const reader = await reading({ url: server.url })
    await until('arrived', () => reader.status().bufferedBytes! > 0)
    server.cut()
    await until('cut', () => !reader.status().connected)
    expect((await take(reader, 1)).texts).toEqual(['gift'])
    expect(reader.status().unsettled).toBe(0)
  })

  test('wrong options are listed together, with the nearest name', () => {
    const make = () => amqp({ address: '', decode, credits: 5, url: 'http://x', tls: { rejectUnautorized: false } } as never)
    expect(make).toThrow(expect.objectContaining({ code: 'MR302', message: 'amqp: 4 options are wrong' }))
    try {
      make()
    } catch (error) {
      expect((error as { notes: string[] }).notes.join('\n')).toContain('did you mean `credit`?')
    }
  })

  test('without a broker anywhere the remedy is named', async () => {
    await expect(amqp({ address: 'a', decode }).open(connectorContext())).rejects.toMatchObject({ code: 'MR301' })
  })
})
