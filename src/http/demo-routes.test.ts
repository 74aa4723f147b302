import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { DemoAction, DemoStatus } from '../model/demo-status.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { createServer, type Server } from './create-server.js'
import type { DemoControl } from './demo-control.js'
import type { Problem } from './problem.js'
import { fixtureHost, quiet } from './server-fixture.js'

/** A demo that can only be paused. */
class PausableDemo implements DemoControl {
  readonly done: DemoAction[] = []
  #paused = false
  #changed: (() => void) | undefined
  status(): DemoStatus {
    const next = this.#paused ? 'resume' : 'pause'
    return { actions: [{ action: next, key: 'space', title: next }], paused: this.#paused, unplugged: false, happenings: [] }
  }
  async act(action: DemoAction): Promise<void> {
    this.done.push(action)
    this.#paused = action === 'pause'
    this.#changed?.()
  }
  follow(changed: () => void): () => void {
    this.#changed = changed
    return () => {
      this.#changed = undefined
    }
  }
}

let server: Server | undefined
afterEach(() => server?.close())

async function served(demo?: DemoControl): Promise<string> {
  const host = fixtureHost(systemTime)
  host.openClimate('plant')
  const bind = { host: '127.0.0.1', port: 0, portNamed: false }
  server = await createServer({ host, bind, version: '1', time: systemTime, log: quiet, ...(demo && { demo }) })
  return server.url
}

const act = (url: string, action: string, headers: Record<string, string> = { 'millrace-action': '1' }) =>
  fetch(`${url}/api/v1/demo/${action}`, { method: 'POST', headers })

describe('demo routes', () => {
  it('show what can be done, and do it', async () => {
    const demo = new PausableDemo()
    const url = await served(demo)
    expect(await (await fetch(`${url}/api/v1/demo`)).json()).toMatchObject({ paused: false, actions: [{ action: 'pause' }] })
    const answer = await act(url, 'pause')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ paused: true, actions: [{ action: 'resume' }] })
    expect(demo.done).toEqual(['pause'])
  })

  it('refuse what cannot be done now, by name', async () => {
    const demo = new PausableDemo()
    const url = await served(demo)
    for (const action of ['resume', 'explode', 'x'.repeat(200)]) {
      const answer = await act(url, action)
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({ code: 'MR547', hint: 'what can be done: pause' })
    }
    expect(demo.done).toEqual([])
  })

  it.each([[{}], [{ 'millrace-action': '0' }], [{ 'content-type': 'text/plain' }]])(
    'do nothing for a request with the headers %o',
    async headers => {
      const demo = new PausableDemo()
      const url = await served(demo)
      const answer = await act(url, 'pause', headers)
      expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([403, 'MR545'])
      expect(demo.done).toEqual([])
    },
  )

  it('grant no page of another origin to send the header', async () => {
    const url = await served(new PausableDemo())
    const headers = {
      origin: 'http://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'millrace-action',
    }
    const answer = await fetch(`${url}/api/v1/demo/pause`, { method: 'OPTIONS', headers })
    expect(answer.ok).toBe(false)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.headers.get('access-control-allow-headers')).toBeNull()
  })

  it('are not there where there is no demo', async () => {
    const url = await served()
    for (const answer of [await fetch(`${url}/api/v1/demo`), await act(url, 'pause')]) {
      expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([404, 'MR510'])
    }
  })

  it('tell live readers at first and of each change', async () => {
    const url = await served(new PausableDemo())
    const seen: DemoStatus[] = []
    const { hostname, port } = new URL(url)
    const reading = request({ hostname, port, path: '/api/v1/live' }, response =>
      response.setEncoding('utf8').on('data', (text: string) => {
        for (const [, data] of text.matchAll(/^event: demo\ndata: (.*)$/gm)) seen.push((JSON.parse(data!) as { demo: DemoStatus }).demo)
      }),
    )
    reading.on('error', () => undefined).end()
    await expect.poll(() => seen.map(({ paused }) => paused)).toEqual([false])
    await act(url, 'pause')
    await expect.poll(() => seen.map(({ paused }) => paused)).toEqual([false, true])
    reading.destroy()
  })
})
