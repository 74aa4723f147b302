import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ViewInfo } from '../model/api.js'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import type { View } from '../views/view.js'
import { createServer, type Server } from './create-server.js'
import type { DemoControl } from './demo-control.js'
import { type ClimateRow, climateOutputs, type FixtureHost, fixtureHost, quiet, start } from './server-fixture.js'

/** A demo that nothing can be done to. */
const stillDemo: DemoControl = {
  status: () => ({ actions: [], paused: false, unplugged: false, happenings: [] }),
  act: async () => undefined,
  follow: () => () => undefined,
}

let folder: string
let host: FixtureHost
let server: Server
let climate: View
const time = virtualTime(start)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-http-'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>Millrace</title>')
  await writeFile(join(folder, 'page', 'app.js'), 'export {}')
  await writeFile(join(folder, 'page', 'chart-DEADBEEF.js'), 'export {}')
  await writeFile(join(folder, 'page', '.secret'), 'no')
  await writeFile(join(folder, 'outside.json'), '{"title":"outside"}')
  await mkdir(join(folder, 'dashboards'))
  await writeFile(join(folder, 'dashboards', 'plant.json'), '{"title":"Plant","panels":[]}')
  await writeFile(join(folder, 'dashboards', 'dashboard.schema.json'), '{}')
  host = fixtureHost(time)
  server = await createServer({
    host,
    pageDir: join(folder, 'page'),
    dashboards: join(folder, 'dashboards'),
    demo: stillDemo,
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time,
    log: quiet,
  })
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  climate = host.openClimate('rooms')
})

const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)
const json = async (path: string): Promise<unknown> => (await get(path)).json()
const fill = (rows: readonly ClimateRow[], watermark?: number) => climate.apply(climateOutputs(rows, watermark))
const rooms = async (query: string) => ((await json(`/api/v1/views/climate/rows.json${query}`)) as { room: string }[]).map(row => row.room)

/** A request with any path and Host header, sent as they are. */
const raw = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, headers }, response => {
      let text = ''
      response.on('data', data => {
        text += data
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .on('error', reject)
      .end()
  })

describe('rows', () => {
  const three: ClimateRow[] = [
    { room: 'a', mean: 20.5, minute: 0 },
    { room: 'b', mean: null, minute: 0 },
    { room: 'a', mean: 21, minute: 1, final: false },
  ]

  it('json: a root array of flat objects, metadata in headers', async () => {
    fill(three, start + 60_000)
    const response = await get('/api/v1/views/climate/rows.json')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('millrace-now')).toBe('2026-01-15T12:00:00.000Z')
    expect(response.headers.get('millrace-watermark')).toBe('2026-01-15T12:01:00.000Z')
    expect(response.headers.get('server-timing')).toMatch(/^query;dur=/)
    expect(response.headers.get('link')).toBeNull()
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0)
    const [first, second] = (await response.json()) as unknown[]
    expect(first).toEqual({
      room: 'a',
      mean: 20.5,
      window_start: '2026-01-15T12:00:00.000Z',
      window_end: '2026-01-15T12:01:00.000Z',
      final: true,
      revision: 0,
    })
    expect(second).toMatchObject({ room: 'b', mean: null })
  })

  it('ndjson and csv say the same', async () => {
    fill(three)
    const lines = (await (await get('/api/v1/views/climate/rows.ndjson')).text()).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line))).toEqual(await json('/api/v1/views/climate/rows.json'))
    const csv = await get('/api/v1/views/climate/rows.csv?columns=room,mean,final')
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(await csv.text()).toBe('room,mean,final\r\na,20.5,true\r\nb,,true\r\na,21,false\r\n')
  })

  it('takes ranges, keys and final', async () => {
    fill(three)
    expect(await rooms('?from=2026-01-15T12:01:00Z')).toEqual(['a'])
    expect(await rooms(`?to=${start + 60_000}`)).toEqual(['a', 'b'])
    expect(await rooms('?from=now-1m&to=now+2m')).toEqual(['a', 'b', 'a'])
    expect(await rooms('?key.room=b&key.room=c')).toEqual(['b'])
    expect(await rooms('?final=true')).toEqual(['a', 'b'])
  })

  it.each([
    ['window_end=2026-01-15T12:01:00.000Z', ['a', 'b']],
    ['window_end=2026-01-15T13:01:00+01:00', ['a', 'b']],
    [`window_end=${start + 120_000}`, ['a']],
    ['mean=20.50', ['a']],
    ['mean=2.1e+1&key.mean=205e-1', ['a', 'a']],
    ['final=false', ['a']],
    ['revision=0.0', ['a', 'b', 'a']],
    ['revision=1', []],
  ])('finds rows by a value of any type, however it is written: key.%s', async (key, found) => {
    fill(three)
    expect(await rooms(`?key.${key}`)).toEqual(found)
  })

  it.each([
    'mean=warm',
    'mean=',
    'mean=0x10',
    'revision=one',
    'final=TRUE',
    'final=1',
    'window_end=12:01',
    'window_end=now',
    'window_end=',
  ])('refuses a value that no row can have: key.%s', async key => {
    fill(three)
    const response = await get(`/api/v1/views/climate/rows.json?key.${key}`)
    const problem = { code: 'MR507', detail: expect.stringContaining('no value of'), hint: expect.stringContaining(key.split('=')[0]!) }
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining(problem)])
  })

  it('leads through all rows once, while new rows arrive', async () => {
    fill(Array.from({ length: 25 }, (_, i) => ({ room: `r${String(i % 5)}`, mean: i, minute: Math.floor(i / 5) })))
    const seen: number[] = []
    let path: string | undefined = '/api/v1/views/climate/rows.json?limit=4&from=now-15m&to=now+6m'
    for (let page = 0; path !== undefined; page++) {
      const response: Response = await get(path)
      seen.push(...((await response.json()) as { mean: number }[]).map(row => row.mean))
      fill([{ room: 'late', mean: -1, minute: 10 + page }])
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
      if (path !== undefined) expect(path).toContain(`from=${start - 900_000}`)
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i))
  })

  it('refuses JSON beyond 100,000 rows rather than cut it, and streams the rest', async () => {
    for (let minute = 0; minute < 101; minute++) fill(Array.from({ length: 1000 }, (_, i) => ({ room: `r${i}`, mean: i, minute })))
    const refused = await get('/api/v1/views/climate/rows.json')
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ code: 'MR511', hint: expect.stringContaining('rows.arrow, rows.ndjson or rows.csv') })
    const limited = await get('/api/v1/views/climate/rows.json?limit=100001&columns=mean')
    expect(await limited.json()).toHaveLength(100_001)
    expect(limited.headers.get('link')).toContain('rel="next"')
    const csv = await get('/api/v1/views/climate/rows.csv?columns=room')
    expect((await csv.text()).split('\r\n')).toHaveLength(101_002)
    const head = await get('/api/v1/views/climate/rows.csv', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, null])
    const left = new AbortController()
    await get('/api/v1/views/climate/rows.ndjson', { signal: left.signal })
    left.abort()
    expect((await get('/healthz')).status).toBe(200)
  })

  it.each(['json', 'ndjson', 'csv', 'arrow'])(
    'tells the length of a short answer as %s before it is sent, and whether it is another one',
    async format => {
      fill(three)
      const path = `/api/v1/views/climate/rows.${format}`
      const whole = await get(path)
      const length = String((await whole.arrayBuffer()).byteLength)
      const head = await get(path, { method: 'HEAD' })
      expect([whole.headers.get('content-length'), head.headers.get('content-length')]).toEqual([length, length])
      const etag = whole.headers.get('etag') ?? ''
      expect([etag, head.headers.get('etag')]).toEqual([expect.stringMatching(/^W\/"/), etag])
      const same = await get(path, { headers: { 'if-none-match': etag } })
      expect([same.status, await same.text()]).toEqual([304, ''])
      expect([same.headers.get('etag'), same.headers.get('content-length')]).toEqual([etag, null])
      for (const known of [`"x", ${etag}`, etag.slice(2), '*'])
        expect([known, (await get(path, { headers: { 'if-none-match': known } })).status]).toEqual([known, 304])
      fill([{ room: 'c', mean: 1, minute: 2 }])
      const other = await get(path, { headers: { 'if-none-match': etag } })
      expect([other.status, other.headers.get('etag') === etag]).toEqual([200, false])
      await other.arrayBuffer()
    },
  )

  it('lets no error pass for something known', async () => {
    const path = '/api/v1/views/none/rows.csv'
    const etag = (await get(path)).headers.get('etag') ?? ''
    for (const method of ['GET', 'HEAD', 'POST']) {
      const { status } = await get(path, { method, headers: { 'if-none-match': `*, ${etag}` } })
      expect([method, status]).toEqual([method, method === 'POST' ? 405 : 404])
    }
    host.ready = false
    const { status } = await get('/readyz', { headers: { 'if-none-match': (await get('/readyz')).headers.get('etag') ?? '' } })
    host.ready = true
    expect(status).toBe(503)
  })

  it('keeps names as they are, however they look', async () => {
    const names = ['"quoted", twice', '<script>alert(1)</script>', '=cmd()', 'two\r\nlines']
    fill(names.map(room => ({ room, mean: 1, minute: 0 })))
    const response = await get('/api/v1/views/climate/rows.csv?columns=room')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe('room\r\n"""quoted"", twice"\r\n<script>alert(1)</script>\r\n=cmd()\r\n"two\r\nlines"\r\n')
    expect(await rooms('')).toEqual(names)
    expect(await rooms(`?key.room=${encodeURIComponent(names[1]!)}`)).toEqual([names[1]])
  })

  it('writes csv that a spreadsheet shows and never runs', async () => {
    fill(['=cmd()', '+1', '-1', '@a', '\tx', 'plain'].map(room => ({ room, mean: -2.5, minute: 0 })))
    const bytes = new Uint8Array(
      await (await get('/api/v1/views/climate/rows.csv?dialect=excel&tz=Europe/Berlin&columns=room,mean,window_end')).arrayBuffer(),
    )
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [header, ...lines] = new TextDecoder().decode(bytes).trimEnd().split('\r\n')
    expect(header).toBe('room,mean,window_end')
    expect(lines.map(line => line.split(',')[0]).sort()).toEqual(["'\tx", "'+1", "'-1", "'=cmd()", "'@a", 'plain'])
    expect(new Set(lines.map(line => line.split(',').slice(1).join()))).toEqual(new Set(['-2.5,2026-01-15 13:01:00']))
    expect((await get('/api/v1/views/climate/rows.csv?dialect=exel')).status).toBe(400)
    expect((await get('/api/v1/views/climate/rows.csv?dialect=excel&tz=Mars')).status).toBe(400)
    expect((await get('/api/v1/views/climate/rows.csv?tz=UTC')).status).toBe(400)
    expect((await get('/api/v1/views/climate/rows.json?dialect=excel')).status).toBe(400)
  })

  it.each([
    ['?frm=now', 400, 'MR506', "did you mean 'from'?"],
    ['?from=yesterday', 400, 'MR507', 'or now-15m'],
    ['?to=2026-01-15T12:00:00', 400, 'MR507', 'with its offset'],
    ['?from=now&to=now-1h', 400, 'MR507', 'to is 2026-01-15T11:00:00.000Z'],
    ['?limit=0', 400, 'MR507', ''],
    ['?limit=1&limit=2', 400, 'MR507', ''],
    ['?columns=room,maen', 400, 'MR509', "did you mean 'mean'?"],
    ['?columns=', 400, 'MR507', ''],
    ['?columns=room,mean,room', 400, 'MR507', 'each once'],
    ['?key.rom=a', 400, 'MR509', "did you mean 'room'?"],
    ['?after=xyz', 400, 'MR508', ''],
    ['?__proto__=1', 400, 'MR506', ''],
  ])('refuses %s', async (query, status, code, hint) => {
    const response = await get(`/api/v1/views/climate/rows.json${query}`)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    const problem = await response.json()
    expect(problem).toMatchObject({
      type: `urn:millrace:error:${code}`,
      status,
      code,
      detail: expect.any(String),
      title: expect.any(String),
    })
    expect(problem).toHaveProperty('hint', expect.stringContaining(hint))
  })
})

describe('views and jobs', () => {
  it('describes views', async () => {
    fill([{ room: 'a', mean: 1, minute: 0 }])
    const infos = (await json('/api/v1/views')) as ViewInfo[]
    expect(infos).toMatchObject([
      { id: 'climate', job: 'rooms', rows: 1, windowed: true, keep: null, window: { size: 60_000, every: 60_000 } },
    ])
    expect(infos[0]!.columns.slice(0, 2)).toEqual([
      { name: 'room', type: 'text', nullable: false, key: true },
      { name: 'mean', type: 'number', nullable: true, unit: '°C', key: false },
    ])
    expect(await json('/api/v1/views/climate')).toMatchObject({ id: 'climate' })
    expect(await json('/api/v1/views/climat')).toMatchObject({ status: 404, code: 'MR510', hint: "did you mean 'climate'?" })
  })

  it('describes jobs and their graphs', async () => {
    expect(await json('/api/v1/jobs')).toMatchObject([{ id: 'rooms', now: start }])
    expect(await json('/api/v1/jobs/rooms')).toMatchObject({ id: 'rooms', state: 'running' })
    expect(await json('/api/v1/jobs/rooms/graph')).toMatchObject({ job: 'rooms', mermaid: 'flowchart LR' })
    expect(await json('/api/v1/jobs/room')).toMatchObject({ status: 404, hint: "did you mean 'rooms'?" })
    expect(await json('/api/v1/jobs/%3Cscript%3E/graph')).toMatchObject({ status: 404, code: 'MR510' })
  })

  it('gives dead letters, and their bytes as a file', async () => {
    const letter = { id: '7-0', job: 'rooms', source: 'readings', code: 'MR201', reason: 'not JSON', at: start, sample: '<b>', size: 3 }
    host.letters.splice(0, host.letters.length, letter, { ...letter, id: '6-0', code: 'MR202' })
    expect(await json('/api/v1/dead-letters.json?code=MR201&job=rooms')).toEqual([letter])
    expect(await json('/api/v1/dead-letters.json?source=other')).toEqual([])
    const one = await get('/api/v1/dead-letters.json?limit=1')
    expect([one.headers.get('millrace-more'), await one.json()]).toEqual(['true', [letter]])
    expect((await get('/api/v1/dead-letters.json?limit=2')).headers.get('millrace-more')).toBe('false')
    const lines = (await (await get('/api/v1/dead-letters.ndjson')).text()).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).id)).toEqual(['7-0', '6-0'])
    const bytes = await get('/api/v1/dead-letters/7-0/raw')
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream')
    expect(bytes.headers.get('content-disposition')).toMatch(/^attachment/)
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 10])
    expect((await get('/api/v1/dead-letters/9-0/raw')).status).toBe(404)
  })

  it('serves dashboard definitions and nothing beside them', async () => {
    expect(await json('/api/v1/dashboards')).toEqual(['plant'])
    expect(await json('/api/v1/dashboards/plant.json')).toEqual({ title: 'Plant', panels: [] })
    expect((await get('/api/v1/dashboards/..%2Foutside.json')).status).toBe(404)
    expect((await get('/api/v1/dashboards/dashboard.schema.json')).status).toBe(404)
  })

  it('tells machinery how it fares', async () => {
    expect((await get('/readyz')).status).toBe(200)
    host.ready = false
    const waiting = await get('/readyz')
    host.ready = true
    expect(waiting.status).toBe(503)
    expect(await waiting.json()).toEqual({ ready: false, reasons: ['readings waits for the broker'] })
    const metrics = await get('/metrics')
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await metrics.text()).toMatch(/^millrace_rows_total 1$[\s\S]*^millrace_live_readers 0$/m)
  })
})

describe('the page', () => {
  it('is served with a strict policy, revalidated unless hashed', async () => {
    const page = await get('/')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const etag = page.headers.get('etag') ?? ''
    // Not by `fetch`, which asks past all caches where it is given a condition.
    expect((await raw('/', { 'if-none-match': etag })).status).toBe(304)
    expect((await get('/app.js')).headers.get('cache-control')).toBe('no-cache')
    expect((await get('/chart-DEADBEEF.js')).headers.get('cache-control')).toContain('immutable')
    expect((await get('/?kiosk=1')).status).toBe(200)
  })

  it.each([
    '/../outside.json',
    '/..%2foutside.json',
    '/%2e%2e/outside.json',
    '/.secret',
    '/page/../../outside.json',
    '/%00',
    '/..%5coutside.json',
  ])('keeps %s', async path => {
    const { status, text } = await raw(path, { host: 'localhost' })
    expect([400, 403, 404]).toContain(status)
    expect(text).not.toContain('outside"')
  })
})

describe('every route', () => {
  const routes = async (): Promise<string[]> => {
    const { paths } = (await json('/openapi.json')) as { paths: Record<string, Record<string, unknown>> }
    // Routes that act have tests of their own.
    const read = Object.keys(paths).filter(path => 'get' in paths[path]!)
    return read.map(path => path.replace('{job}', 'rooms').replace('{view}', 'climate').replace('{id}', '7-0').replace('{name}', 'plant'))
  }

  it('is described', async () => {
    const { openapi } = (await json('/openapi.json')) as { openapi: string }
    expect(openapi).toBe('3.1.0')
    const paths = await routes()
    for (const path of ['/api/v1/live', '/api/v1/views/climate/rows.csv', '/api/v1/jobs/rooms/graph', '/metrics', '/readyz']) {
      expect(paths).toContain(path)
    }
  })

  it('answers GET and HEAD alike, and no other method', async () => {
    for (const route of [...(await routes()), '/', '/openapi.json', '/app.js']) {
      // An edge has two ends.
      const path = route.endsWith('/tap') ? `${route}?from=a&to=b` : route
      const abort = new AbortController()
      const read = await get(path, { signal: abort.signal })
      const head = await get(path, { method: 'HEAD' })
      abort.abort()
      expect([path, read.status, head.status]).toEqual([path, 200, 200])
      expect(head.headers.get('content-type')).toBe(read.headers.get('content-type'))
      expect(read.headers.get('x-content-type-options')).toBe('nosniff')
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const refused = await get(path, { method })
        expect([path, method, refused.status, refused.headers.get('allow')]).toEqual([path, method, 405, 'GET, HEAD'])
        expect(refused.headers.get('access-control-allow-origin')).toBeNull()
        await refused.arrayBuffer()
      }
    }
  })

  it('refuses other hosts and parameters that it does not have', async () => {
    for (const path of [...(await routes()), '/']) {
      const { status, text } = await raw(path, { host: 'evil.example' })
      expect([path, status, JSON.parse(text).code]).toEqual([path, 403, 'MR505'])
      if (path === '/') continue
      const response = await get(`${path}?nonsense=1`)
      expect([path, response.status]).toEqual([path, 400])
    }
  })

  it.each(['/api/v1/nothing', '/api/v1/views/climate/rows.parquet', '/nothing.js', '/api/v1/jobs/a%2fb'])('404 for %s', async path => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'MR510', hint: expect.any(String) })
  })

  it('400 for an address that cannot be decoded', async () => {
    const { status, text } = await raw('/api/v1/jobs/%zz', { host: 'localhost' })
    expect([status, JSON.parse(text).code]).toEqual([400, 'MR517'])
  })
})
