import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DemoStatus } from '../../src/model/demo-status.js'
import { finished, millrace, root } from '../cli/command.js'
import { running } from '../cli/running.js'
import { until } from '../support/until.js'
import { patience, StartedDemo } from './started-demo.js'

/** Another address of this machine that no other machine reaches. */
const shared = '127.0.0.2'

const invitationOf = (stderr: string): { readonly url: string; readonly token: string } => {
  const [, url = '', token = ''] = /guests +(http:\S+)\/\?token=([0-9a-f]{32})$/m.exec(stderr) ?? []
  return { url, token }
}

describe.skipIf(process.platform !== 'linux')('--share', { timeout: patience.test }, () => {
  let demo: StartedDemo
  let guests: { readonly url: string; readonly token: string }
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${guests.url}${path}`, { ...init, headers: { authorization: `Bearer ${guests.token}`, ...init.headers } })

  beforeAll(async () => {
    demo = await StartedDemo.start(['--share', shared])
    await demo.command.said(/guests/)
    guests = invitationOf(demo.command.stderr())
  })
  afterAll(() => demo?.remove())

  test('prints an address with a random token, and no QR code where there is no terminal', () => {
    expect(guests.url).toBe(demo.url.replace('127.0.0.1', shared))
    expect(demo.command.stderr()).not.toContain('█')
  })

  test('lets nobody in without the token', async () => {
    for (const path of ['/', '/api/v1/jobs', '/api/v1/live', `/?token=${'0'.repeat(32)}`])
      expect((await fetch(`${guests.url}${path}`)).status, path).toBe(401)
    const page = await fetch(`${guests.url}/`, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8'])
  })

  test('lets guests look, and neither see nor do what can be done', async () => {
    expect((await ask('/api/v1/views/climate/rows.csv')).status).toBe(200)
    expect((await (await ask('/api/v1/demo')).json()) as DemoStatus).toMatchObject({ actions: [] })
    const live = await ask('/api/v1/live')
    let text = ''
    for await (const part of live.body!) {
      text += Buffer.from(part).toString()
      if (/event: demo\ndata: .*\n/.test(text)) break
    }
    expect(text).toMatch(/event: demo\ndata: .*"actions":\[\]/)
    const answer = await ask('/api/v1/demo/kill', { method: 'POST', headers: { 'millrace-action': '1' } })
    expect(answer.status).toBe(403)
    expect((await demo.status()).happenings).toEqual([])
    expect((await demo.status()).actions.length).toBeGreaterThan(4)
  })

  test('after a kill the same invitation holds', async () => {
    await demo.act('kill')
    const answer = await until('the guests address', () => ask('/api/v1/jobs').catch(() => undefined))
    expect(answer.status).toBe(200)
    expect((await fetch(`${guests.url}/api/v1/jobs`)).status).toBe(401)
  })

  test('shares a job of one’s own as well', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-share-'))
    const started = await running([join(root, 'jobs', 'mote-climate.job.ts'), '--data', folder, '--share', shared])
    await started.command.said(/guests/)
    const { url, token } = invitationOf(started.command.stderr())
    expect((await fetch(`${url}/api/v1/jobs`)).status).toBe(401)
    expect((await fetch(`${url}/api/v1/jobs?token=${token}`)).status).toBe(200)
    expect((await started.stop()).code).toBe(0)
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['run', '--quiet', /^guests +(http:\S+)\n$/],
    ['run', '--json', /^\{"level":"info","message":"guests may look","url":"([^"]+)"\}$/m],
    ['demo', '--quiet', /^guests +(http:\S+)\n$/],
    ['demo', '--json', /^\{"level":"info","message":"guests may look","url":"([^"]+)"\}\n$/],
  ])('%s with %s still tells the address that it was asked for', async (command, option, address) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-share-'))
    const job = command === 'run' ? [join(root, 'jobs', 'mote-climate.job.ts')] : []
    const args = [command, ...job, '--data', folder, '--share', shared, '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', option]
    const started = millrace(args)
    const [, url = ''] = await started.said(address)
    expect((await fetch(`${new URL(url).origin}/api/v1/jobs`)).status).toBe(401)
    expect((await fetch(url)).status).toBe(200)
    started.process.kill('SIGTERM')
    expect((await started.done).code).toBe(0)
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['MR621', ['--share', '192.0.2.77']],
    ['MR621', ['--share', 'no-such-interface']],
    ['MR519', ['--share', '127.300.0.1']],
  ])('says %s for %o', async (code, args) => {
    const { code: exit, stderr } = await finished(['demo', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', ...args])
    expect(exit).toBe(1)
    expect(stderr).toContain(`error ${code}  `)
  })

  test('needs a page', async () => {
    const { code, stderr } = await finished(['run', join(root, 'jobs', 'mote-climate.job.ts'), '--no-http', '--share'])
    expect(code).toBe(2)
    expect(stderr).toContain('error MR601  --share shows the page, and --no-http serves none')
  })
})

/** A network of its own with one address that is no loopback address, so that nothing of this machine can be reached. */
const ownNetwork = (command: string): readonly string[] => [
  '-rn',
  'sh',
  '-c',
  `set -e; ip link set lo up; ip link add lan0 type bridge; ip addr add 192.168.77.5/24 dev lan0; ip link set lan0 up; ${command}`,
]

const permitted = ((): boolean => {
  try {
    execFileSync('unshare', [...ownNetwork('true')], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!permitted)('--share in a network of its own (needs `unshare -rn`)', () => {
  test('takes the address that others reach, and answers there and on loopback only', async () => {
    const main = join(root, 'dist', 'src', 'cli', 'main.js')
    const script = `
      const { spawn } = require('node:child_process')
      const demo = spawn(process.execPath, [${JSON.stringify(main)}, 'demo', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0', '--share'], { env: { ...process.env, NO_COLOR: '1' } })
      let text = ''
      demo.stderr.on('data', async part => {
        text += part
        const guests = /guests +(http:\\/\\/\\S+)\\/\\?token=(\\w+)/.exec(text)
        if (!guests || !/Ctrl-C/.test(text)) return
        demo.stderr.removeAllListeners('data').resume()
        const [, url, token] = guests
        const status = async address => (await fetch(address)).status
        const listening = require('node:child_process').execFileSync('cat', ['/proc/net/tcp', '/proc/net/tcp6']).toString()
          .split('\\n').map(line => line.trim().split(/\\s+/)).filter(cells => cells[3] === '0A').map(cells => cells[1].split(':')[0])
        console.log(JSON.stringify({ url, without: await status(url), with: await status(url + '/?token=' + token), listening: [...new Set(listening)].sort() }))
        demo.kill('SIGTERM')
      })`
    const child = spawn('unshare', [...ownNetwork('exec "$0" -e "$1"'), process.execPath, script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString()
    })
    await new Promise(resolve => child.once('close', resolve))
    const told = JSON.parse(out) as Record<string, unknown>
    // 192.168.77.5 and 127.0.0.1, as the kernel writes them.
    expect(told).toMatchObject({ without: 401, with: 200, listening: ['0100007F', '054DA8C0'] })
    expect(told['url']).toMatch(/^http:\/\/192\.168\.77\.5:\d+$/)
  })
})
