import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemTime } from '../runtime/seams/system-time.js'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { createServer, type Server } from './create-server.js'
import { fixtureHost, quiet } from './server-fixture.js'
import { ShareAttempts } from './share-attempts.js'
import { admittedPage, strangersPage } from './share-pages.js'
import { withoutToken } from './share-token.js'

const token = '0123456789abcdef0123456789abcdef'
/** Another address of this machine that no other machine reaches; Linux answers for all of 127.0.0.0/8. */
const shared = '127.0.0.2'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** A request with exactly these headers, Host included. */
const ask = (url: string, options: { readonly method?: string; readonly headers?: Record<string, string> } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, ...options }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', reject).end()
  })

const html = { accept: 'text/html,*/*' }
const bearer = { authorization: `Bearer ${token}` }
const codeOf = ({ text }: Answer): unknown => (JSON.parse(text) as { code: string }).code

describe.skipIf(process.platform !== 'linux')('a shared server', () => {
  let server: Server
  let guests: string
  beforeEach(async () => {
    const host = fixtureHost(systemTime)
    host.openClimate('plant')
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    server = await createServer({ host, bind, share: { host: shared, token }, version: '1', time: systemTime, log: quiet })
    guests = server.sharedAt!.url
  })
  afterEach(() => server.close())

  it('is at the same port of the shared address, and tells no token', () => {
    expect(guests).toBe(`http://${shared}:${server.port}`)
    expect(server.sharedAt!.port).toBe(server.port)
  })

  it.each(['/', '/api/v1/jobs', '/api/v1/live', '/metrics', '/healthz', '/openapi.json', '/nothing'])(
    'gives strangers nothing of %s',
    async path => {
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { cookie: `millrace-share-${server.port}=wrong` },
        { authorization: 'Basic eA==' },
      ]) {
        const answer = await ask(`${guests}${path}`, { headers })
        expect([answer.status, codeOf(answer)]).toEqual([401, 'MR548'])
      }
      const page = await ask(`${guests}${path}`, { headers: html })
      expect(page.status).toBe(401)
      expect(page.text).toContain('shared with guests')
      expect(page.text).not.toContain(token)
    },
  )

  it('admits a browser by the token in its address, which becomes a cookie', async () => {
    const first = await ask(`${guests}/?kiosk=1&token=${token}&theme=dark`, { headers: html })
    expect(first.status).toBe(200)
    expect(first.text).toContain('url=/?kiosk=1&#38;theme=dark"')
    expect(first.text).not.toContain(token)
    expect(first.headers['cache-control']).toBe('no-store')
    const [cookie = ''] = first.headers['set-cookie'] ?? []
    expect(cookie).toBe(`millrace-share-${server.port}=${token}; Path=/; HttpOnly; SameSite=Strict`)
    const answer = await ask(`${guests}/api/v1/jobs`, { headers: { cookie: `other=1; ${cookie.split(';')[0]}` } })
    expect(answer.status).toBe(200)
  })

  it('admits a browser by what the QR code says: the token alone, in capitals', async () => {
    const first = await ask(`${guests}/${token.toUpperCase()}`, { headers: html })
    expect([first.status, first.headers['set-cookie']?.[0]]).toEqual([200, expect.stringContaining(`=${token};`)])
    expect(first.text).toContain('url=/"')
    expect((await ask(`${guests}/${'F'.repeat(32)}`, { headers: html })).status).toBe(401)
  })

  it('admits programs by a header, or by the token in the address where they can set none', async () => {
    expect((await ask(`${guests}/api/v1/jobs`, { headers: bearer })).status).toBe(200)
    const rows = await ask(`${guests}/api/v1/views/climate/rows.csv?limit=5&token=${token}`)
    expect(rows.status).toBe(200)
    expect(rows.headers['set-cookie']).toBeUndefined()
    expect((await ask(`${guests}/api/v1/jobs?token=${token}&nonsense=1`)).status).toBe(400)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('lets guests look and not act: %s', async method => {
    for (const path of ['/api/v1/demo/pause', '/api/v1/alerts/x/acknowledge', '/api/v1/dead-letters/7-0/retry', '/nothing']) {
      const answer = await ask(`${guests}${path}`, { method, headers: { ...bearer, 'millrace-action': '1' } })
      expect([answer.status, codeOf(answer)]).toEqual([403, 'MR546'])
    }
  })

  it('asks the owner for nothing', async () => {
    expect((await ask(`${server.url}/api/v1/jobs`)).status).toBe(200)
    // A token is no parameter of the owner's address.
    expect((await ask(`${server.url}/api/v1/jobs?token=${token}`)).status).toBe(400)
  })

  it('serves guests under its own address only', async () => {
    const answer = await ask(`${guests}/api/v1/jobs`, { headers: { ...bearer, host: 'evil.example' } })
    expect([answer.status, codeOf(answer)]).toEqual([403, 'MR505'])
    expect((await ask(`${server.url}/api/v1/jobs`, { headers: { host: 'evil.example' } })).status).toBe(403)
  })

  it('makes who tries many tokens wait, whatever comes next, and not who repeats one', async () => {
    const wrong = (text: string) => ask(`${guests}/api/v1/jobs`, { headers: { authorization: `Bearer ${text}` } })
    for (let i = 0; i < 30; i++) expect((await wrong('yesterdays')).status).toBe(401)
    for (let i = 1; i < 10; i++) expect((await wrong(`guess-${i}`)).status).toBe(401)
    const answer = await ask(`${guests}/api/v1/jobs`, { headers: bearer })
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([429, 'MR549', '60'])
    expect((await ask(`${server.url}/api/v1/jobs`)).status).toBe(200)
  })

  it('takes a free port where its own is taken, unless it was named', async () => {
    const bind = { host: '127.0.0.1', port: 0, portNamed: false }
    const common = { host: fixtureHost(systemTime), bind, version: '1', time: systemTime, log: quiet }
    await expect(createServer({ ...common, share: { host: shared, port: server.port, token } })).rejects.toMatchObject({ code: 'MR503' })
    await expect(createServer({ ...common, share: { host: '192.0.2.77', token } })).rejects.toMatchObject({ code: 'MR519' })
  })

  it('closes both of its addresses, with live guests', async () => {
    const live = new Promise<void>((resolve, reject) => {
      request(`${guests}/api/v1/live`, { agent: false, headers: bearer }, response => {
        response.resume().on('close', resolve)
        void server.close()
      })
        .on('error', reject)
        .end()
    })
    await live
    for (const url of [server.url, guests]) await expect(ask(`${url}/healthz`)).rejects.toThrow()
  })
})

describe('tokens of a shared server', () => {
  it.each([
    ['/', '/', undefined],
    ['/?token=a', '/', 'a'],
    ['/x?a=1&token=b&c=%20', '/x?a=1&c=%20', 'b'],
    ['/x?atoken=1', '/x?atoken=1', undefined],
    ['/x?token=', '/x', ''],
    [`/${token.toUpperCase()}`, '/', token],
    [`/${token}`, `/${token}`, undefined],
    [`/${token.toUpperCase()}0`, `/${token.toUpperCase()}0`, undefined],
  ])('%s', (asked, url, token) => expect(withoutToken(asked)).toEqual({ url, token }))

  it('lead to no other server, and carry no markup', () => {
    expect(admittedPage('//evil.example/?a="><script>')).toContain('url=/evil.example/?a=&#34;&#62;&#60;script&#62;"')
    expect(strangersPage('<script>', '&')).toContain('&#60;script&#62;')
  })

  it('are counted by address for a minute', async () => {
    const time = virtualTime()
    const attempts = new ShareAttempts(time)
    for (let i = 0; i < 10; i++) attempts.wrong('a', `${i}`)
    expect([attempts.blocked('a'), attempts.blocked('b')]).toEqual([true, false])
    await time.advance(60_000)
    expect(attempts.blocked('a')).toBe(false)
  })

  it('are counted for the last thousand addresses', () => {
    const attempts = new ShareAttempts(virtualTime())
    for (let i = 0; i < 10; i++) attempts.wrong('first', `${i}`)
    for (let i = 0; i < 1_000; i++) attempts.wrong(`address ${i}`, 'x')
    expect(attempts.blocked('first')).toBe(false)
  })
})
