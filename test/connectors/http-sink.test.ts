import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { env, type HttpSinkOptions, httpSink, secret } from '../../connectors/http/index.js'
import type { SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { outputs } from '../amqp/outputs.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { HttpPeer, type HttpPeerOptions } from './http-peer.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const serving = async (options: HttpPeerOptions = {}): Promise<HttpPeer> => {
  const peer = await HttpPeer.start(options)
  open.push(peer)
  return peer
}

async function writing(options: HttpSinkOptions, context: ConnectorContext = connectorContext({ id: 'out' })): Promise<SinkWriter> {
  const writer = await httpSink<{ room: string }>('out', options).open(context)
  open.push(writer)
  await writer.open()
  return writer
}

/** A server of bytes: to the first byte of each connection it gives the next answer, to the last for ever. */
async function bytesServer(...answers: readonly string[]): Promise<string> {
  let connections = 0
  const server: Server = createServer(socket => {
    const answer = answers[connections++] ?? answers.at(-1)!
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(answer))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => new Promise(resolve => void server.close(() => resolve())) })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const at = { entry: 1, ordinal: 0 }
const rooms = (count: number): string[] => Array.from({ length: count }, (_, i) => `room-${i}`)
const codeOf = (error: unknown): unknown => (error as { readonly code?: string }).code
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const bodies = (peer: HttpPeer): unknown[] => peer.posts.map(({ body }) => JSON.parse(body) as unknown)

describe('a request of the HTTP sink', () => {
  test('is an array of rows, with headers, a key and plain JSON', async () => {
    const peer = await serving()
    const writer = await writing(
      { url: `${peer.url}?site=hall`, headers: { 'X-Site': env('SITE') }, bearer: secret('TOKEN') },
      connectorContext({ id: 'out', env: { SITE: 'hall', TOKEN: 'canary' } }),
    )
    await writer.write(outputs(['a', null], { removed: Uint8Array.of(0, 1) }), at)
    expect(bodies(peer)).toEqual([
      [
        { room: 'a', mean: 0.5, at: '1970-01-01T00:00:00.000Z' },
        { room: null, mean: 1.5, at: '1970-01-01T00:00:01.000Z', removed: true },
      ],
    ])
    const { path, headers } = peer.posts[0]!
    expect(path).toBe('/rows?site=hall')
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-site': 'hall',
      authorization: 'Bearer canary',
      'user-agent': 'millrace',
    })
    expect(headers['idempotency-key']).toMatch(/^sha256-[0-9a-f]{64}$/)
    expect(writer.status()).toMatchObject({ connected: true, pending: 0, endpoint: peer.url })
  })

  test('holds one object with its id as the key, or lines, as asked', async () => {
    const peer = await serving()
    await (await writing({ url: peer.url, format: 'object' })).write(outputs(['a', 'b'], { ids: ['job/["Küche 1"]/0', 'r1'] }), at)
    expect(bodies(peer)).toEqual([
      { room: 'a', mean: 0.5, at: '1970-01-01T00:00:00.000Z' },
      { room: 'b', mean: 1.5, at: '1970-01-01T00:00:01.000Z' },
    ])
    expect(peer.posts.map(({ headers }) => headers['idempotency-key'])).toEqual(['job/["K%C3%BCche%201"]/0', 'r1'])
    await (await writing({ url: peer.url, format: 'ndjson', idField: 'id' })).write(outputs(['c', 'd']), at)
    const { body, headers } = peer.posts[2]!
    expect(headers['content-type']).toBe('application/x-ndjson')
    expect(body).toMatch(/^\{.*"id":"r0"\}\n\{.*"id":"r1"\}\n$/)
  })

  test('holds so many rows, of one write or several, and no more than 1 MiB unless one row is larger', async () => {
    const peer = await serving()
    const writer = await writing({ url: peer.url, batch: { rows: 4 } })
    await Promise.all([writer.write(outputs(rooms(3)), at), writer.write(outputs(rooms(6)), at), writer.write(outputs([]), at)])
    expect(bodies(peer).map(body => (body as unknown[]).length)).toEqual([4, 4, 1])
    const long = await serving()
    const huge = ['x'.repeat(400_000), 'y'.repeat(400_000), 'z'.repeat(400_000), 'w'.repeat(3_000_000), 'v']
    await (await writing({ url: long.url })).write(outputs(huge), at)
    expect(bodies(long).map(body => (body as unknown[]).length)).toEqual([2, 1, 1, 1])
    expect(long.rows.map(({ room }) => String(room).length)).toEqual(huge.map(({ length }) => length))
  })
})

describe('an HTTP peer that is not well', () => {
  test('503 with Retry-After: nothing is sent before that; the job waits and is told why', async () => {
    const peer = await serving({
      reply: (_, n) => (n < 2 ? { status: 503, headers: { 'retry-after': '1' }, text: 'in maintenance' } : undefined),
    })
    const context = connectorContext({ id: 'out' })
    const writer = await writing({ url: peer.url }, context)
    const began = performance.now()
    const write = writer.write(outputs(['a']), at)
    await until('it waits', () => writer.status().error?.code === 'MR345')
    expect(writer.status()).toMatchObject({ connected: true, pending: 1 })
    expect(writer.status().waiting!.for).toContain('answers 503 Service Unavailable: in maintenance')
    expect(writer.status().detail).toContain('next try in 1.0 s')
    await write
    expect(performance.now() - began).toBeGreaterThan(1_900)
    expect(peer.rows).toHaveLength(1)
    expect(new Set(peer.posts.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['r0']))
    expect(writer.status()).toMatchObject({ pending: 0 })
    expect(writer.status().error).toBeUndefined()
    // The same for hours is said once a minute.
    expect(context.lines.filter(({ message }) => message.includes('503'))).toHaveLength(1)
  })

  test('408, 425, 429, 500 and 502 are tried again; the pauses grow and have jitter', async () => {
    const statuses = [408, 425, 429, 500, 502]
    const peer = await serving({ reply: (_, n) => (n < 5 ? { status: statuses[n]! } : undefined) })
    const real = connectorContext()
    const pauses: number[] = []
    const timeoutMs = 30_000
    const context = connectorContext({
      id: 'out',
      random: { ...real.random, next: () => 0.5 },
      time: {
        ...real.time,
        after(ms, callback) {
          if (ms !== timeoutMs) pauses.push(ms)
          return real.time.after(ms === timeoutMs ? ms : 1, callback)
        },
      },
    })
    const writer = await writing({ url: peer.url }, context)
    await writer.write(outputs(['a']), at)
    // The upper half of 100, 200, 400, … ms, drawn in its middle.
    expect(pauses).toEqual([75, 150, 300, 600, 1_200])
    expect(peer.posts).toHaveLength(6)
  })

  test('an answer that does not come in time, and one that is cut off, are asked for again under the same key', async () => {
    let release = (): void => undefined
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const peer = await serving({ keeps: 'header', reply: (_, n) => (n === 0 ? { after: held } : n === 1 ? { drop: true } : undefined) })
    const writer = await writing({ url: peer.url, format: 'object', idempotent: true, timeout: '200ms' })
    const write = writer.write(outputs(['a']), at)
    await until('it says why', () => writer.status().error?.message.includes('no answer within 200 ms'))
    expect(writer.status()).toMatchObject({ connected: false, error: { code: 'MR344' } })
    await write
    release()
    // A machine that is busy with others may be late a third time.
    expect(peer.posts.length).toBeGreaterThanOrEqual(3)
    expect(new Set(peer.posts.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['r0']))
    expect(peer.rows).toHaveLength(1)
  })

  test('a conflict of a peer that keeps keys says that the first request is still under way', async () => {
    const busy: HttpPeerOptions = { reply: (_, n) => (n === 0 ? { status: 409 } : undefined) }
    const keeping = await serving(busy)
    await (await writing({ url: keeping.url, format: 'object', idempotent: true })).write(outputs(['a']), at)
    expect(keeping.posts).toHaveLength(2)
    const other = await serving(busy)
    const error = await failure((await writing({ url: other.url })).write(outputs(['a']), at))
    expect(codeOf(error)).toBe('MR342')
  })
})

describe('rows that an HTTP peer refuses', () => {
  const hasBad = (body: string): boolean => body.includes('"bad')

  test('are told apart from their neighbours, which go on in order', async () => {
    const peer = await serving({ reply: ({ body }) => (hasBad(body) ? { status: 422, text: 'no such\nroom' } : undefined) })
    const context = connectorContext({ id: 'out' })
    const writer = await writing({ url: peer.url }, context)
    const list = rooms(40)
    list[7] = 'bad-7'
    list[31] = 'bad-31'
    const error = await failure(writer.write(outputs(list), at))
    expect(error).toMatchObject({ code: 'MR342', action: 'dead-letter', ids: ['r7', 'r31'] })
    expect(String(error)).toContain('refused 2 of 40 rows of sink')
    expect(String(error)).toContain('r7 (422 Unprocessable Entity: no such room), r31 (')
    expect(peer.rows.map(({ room }) => room)).toEqual(list.filter(room => !room.startsWith('bad')))
    expect(context.lines.find(({ fields }) => fields?.['code'] === 'MR342')?.fields?.['ids']).toEqual(['r7', 'r31'])
    await writer.write(outputs(['next']), { entry: 2, ordinal: 0 })
    expect(peer.rows.at(-1)).toMatchObject({ room: 'next' })
  })

  test('cost two requests a row at most, were all of them bad', async () => {
    const peer = await serving({ reply: () => ({ status: 400 }) })
    const error = await failure((await writing({ url: peer.url })).write(outputs(rooms(50)), at))
    expect(String(error)).toContain('refused 50 of 50 rows')
    expect(String(error)).toContain('and 45 more')
    expect(peer.posts.length).toBeLessThan(100)
  })

  test('are refused together where the address is at fault and not the content', async () => {
    for (const status of [404, 405, 410, 415]) {
      const peer = await serving({ reply: () => ({ status }) })
      const error = await failure((await writing({ url: peer.url })).write(outputs(rooms(5)), at))
      expect(codeOf(error), String(status)).toBe('MR342')
      expect(peer.posts).toHaveLength(1)
    }
  })
})

describe('an HTTP peer that takes nothing', () => {
  test('redirects are not followed, and their target is named without its query', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const peer = await serving({ reply: () => ({ status, headers: { location: 'https://elsewhere.example/in?key=canary' } }) })
      const writer = await writing({ url: peer.url })
      const error = await failure(writer.write(outputs(['a']), at))
      expect(error).toMatchObject({ code: 'MR343', action: 'stop' })
      expect(String(error)).toMatch(/to https:\/\/elsewhere\.example\/in$/)
      expect(codeOf(await failure(writer.write(outputs(['b']), at)))).toBe('MR343')
      expect(peer.posts).toHaveLength(1)
    }
  })

  test('an id does not take the place of a field: MR302', async () => {
    const peer = await serving()
    const writer = await writing({ url: peer.url, idField: 'room' })
    expect(await failure(writer.write(outputs(rooms(1)), at))).toMatchObject({ code: 'MR302', action: 'stop' })
    expect(peer.posts).toEqual([])
  })

  test('half of a secret at the end of what is shown is not shown either', async () => {
    const peer = await serving({ reply: posted => ({ status: 401, text: `${'x'.repeat(180)} ${posted.headers.authorization}` }) })
    const writer = await writing(
      { url: peer.url, bearer: secret('TOKEN') },
      connectorContext({ id: 'out', env: { TOKEN: 'canary-of-some-length' } }),
    )
    expect(String(await failure(writer.write(outputs(rooms(1)), at)))).not.toContain('can')
  })

  test('a peer that changes the protocol gives no answer for ever: the row is sent again', async () => {
    const url = await bytesServer(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
    )
    const context = connectorContext({ id: 'out' })
    const writer = await writing({ url }, context)
    await writer.write(outputs(rooms(1)), at)
  })

  test('refused credentials stop the job, and a peer that echoes them does not make them known', async () => {
    const token = 'canary-9e1c'
    const peer = await serving({ reply: ({ headers }) => ({ status: 403, text: `who is ${headers.authorization}?` }) })
    const context = connectorContext({ id: 'out', env: { TOKEN: token } })
    const writer = await writing({ url: peer.url, bearer: secret('TOKEN') }, context)
    const error = await failure(writer.write(outputs(['a']), at))
    expect(error).toMatchObject({ code: 'MR341', action: 'stop' })
    expect(String(error)).toContain('who is Bearer …?')
    expect(JSON.stringify([writer.status(), context.lines])).not.toContain(token)
  })

  test('what is not HTTP is said so, and asked again where it has worked before', async () => {
    const noise = '\u0015\u0003\u0001 this is no HTTP\r\n'
    const url = await bytesServer(noise)
    const writer = await writing({ url })
    expect(codeOf(await failure(writer.write(outputs(['a']), at)))).toBe('MR346')
    const found = await httpSink('out', { url }).check(connectorContext(), 20_000)
    expect(found).toMatchObject([{ ok: false, code: 'MR346', severity: 'error' }])
    const taken = 'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'
    const disturbed = await writing({ url: await bytesServer(taken, noise, taken) })
    for (const room of ['a', 'b']) await disturbed.write(outputs([room]), at)
    const plain = await bytesServer('HTTP/1.1 400 Bad Request\r\n\r\n')
    const overTls = await writing({ url: plain.replace('http:', 'https:') })
    expect(codeOf(await failure(overTls.write(outputs(['a']), at)))).toBe('MR346')
  })

  test('an endless answer is cut off, and its status counts', async () => {
    const url = await bytesServer(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(3_000_000)}`)
    await (await writing({ url })).write(outputs(['a']), at)
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!openssl)('the HTTP sink over TLS', () => {
  test('trusts who it is told to trust, and nobody else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-tls-'))
    open.push({ close: () => rm(folder, { recursive: true, force: true }) })
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-days', '2', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      ...subject,
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ])
    const [key, cert] = [await readFile(keyFile, 'utf8'), await readFile(certFile, 'utf8')]
    const peer = await serving({ tls: { key, cert } })
    await (await writing({ url: peer.url, tls: { ca: cert } })).write(outputs(['a']), at)
    expect(await failure((await writing({ url: peer.url })).write(outputs(['b']), at))).toMatchObject({ code: 'MR312', action: 'stop' })
    const careless = connectorContext({ id: 'out' })
    await (await writing({ url: peer.url, tls: { rejectUnauthorized: false } }, careless)).write(outputs(['c']), at)
    expect(careless.lines.some(({ message }) => message.includes('TLS verification is off'))).toBe(true)
    expect(peer.rows.map(({ room }) => room)).toEqual(['a', 'c'])
    const found = await httpSink('out', { url: peer.url }).check(connectorContext(), 20_000)
    expect(found).toMatchObject([{ ok: false, code: 'MR312', severity: 'error' }])
  })
})

describe('what a job says of an HTTP sink', () => {
  const fault = (options: object): string => {
    try {
      httpSink('out', options as HttpSinkOptions)
      return ''
    } catch (error) {
      return `${codeOf(error)} ${String(error)} ${(error as { readonly notes: readonly string[] }).notes.join('; ')}`
    }
  }

  test('wrong options are named, all at once', () => {
    const all = fault({ header: {}, batch: { rows: 0 }, format: 'csv', timeout: '0s', headers: { 'content-type': 'x' } })
    for (const part of [
      'MR302',
      '`url` is missing',
      'did you mean `headers`',
      'from 1 to 10,000',
      "'ndjson'",
      'above 0',
      'which the sink writes itself',
    ])
      expect(all).toContain(part)
    expect(fault({ url: 'ftp://host/' })).toContain('begins with neither http:// nor https://')
    const withPassword = fault({ url: 'http://me:canary@host/?key=canary' })
    expect(withPassword).toContain('belong into `headers` or `bearer`')
    expect(withPassword).not.toContain('canary')
    expect(fault({ url: 'http://h/', headers: { 'x y': 'a' } })).toContain('no name of a header')
    expect(fault({ url: 'http://h/', headers: { 'x-y': 'a\nb' } })).toContain('such as a line break')
    expect(fault({ url: 'http://h/', bearer: 'a', headers: { Authorization: 'b' } })).toContain('twice')
    expect(fault({ url: 'http://h/', idempotent: true })).toContain('wants `idField`')
    expect(fault({ url: 'http://h/', format: 'object', batch: { rows: 2 } })).toContain('one row a request')
  })

  test('the plan shows neither secrets nor queries', () => {
    const { params } = httpSink('out', {
      url: 'https://h.example/in?key=canary',
      headers: { 'x-key': 'canary' },
      idField: 'id',
      idempotent: true,
    })
    expect(params).toEqual({ url: 'https://h.example/in', headers: ['x-key'], format: 'array', rows: 500, idField: 'id', idempotent: true })
    expect(httpSink('out', { url: secret('HOOK') }).params['url']).toBe('secret(HOOK)')
  })

  test('a secret address shows nothing behind its host, in errors neither', async () => {
    const peer = await serving({ reply: () => ({ status: 400, text: 'no rows at /rows' }) })
    const context = connectorContext({ id: 'out', env: { HOOK: peer.url } })
    const writer = await writing({ url: secret('HOOK') }, context)
    const error = await failure(writer.write(outputs(['a']), at))
    expect(`${error}${JSON.stringify([writer.status(), context.lines])}`).not.toContain('/rows')
    const wrong = await failure(httpSink('out', { url: secret('HOOK') }).open(connectorContext({ env: { HOOK: 'canary' } })))
    expect(codeOf(wrong)).toBe('MR340')
    expect(String(wrong)).not.toContain('canary')
  })

  test('a header that cannot be sent, and a missing variable, are said when it opens', async () => {
    const sink = httpSink('out', { url: 'http://127.0.0.1/', headers: { 'x-key': secret('KEY') } })
    const broken = await failure(sink.open(connectorContext({ env: { KEY: 'canary\n' } })))
    expect(codeOf(broken)).toBe('MR347')
    expect(String(broken)).not.toContain('canary')
    expect(codeOf(await failure(sink.open(connectorContext())))).toBe('MR304')
    expect(await sink.check(connectorContext(), 100)).toMatchObject([{ ok: false, code: 'MR304', severity: 'error' }])
  })
})

test('a Retry-After of hours is waited out on the clock, and a close ends it', async () => {
  const peer = await serving({ reply: () => ({ status: 429, headers: { 'retry-after': '7200' } }) })
  const time = virtualTime(0)
  const writer = await writing({ url: peer.url }, connectorContext({ id: 'out', time }))
  const write = failure(writer.write(outputs(['a']), at))
  await until('it was asked', () => writer.status().detail.includes('next try in 3600.0 s'))
  expect(peer.posts).toHaveLength(1)
  await writer.close()
  expect(codeOf(await write)).toBe('MR313')
})
