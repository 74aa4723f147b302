import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { finished, millrace, root, started } from '../cli/command.js'
import { nginxAvailable } from '../peers/available.js'
import { freePort } from '../peers/free-port.js'
import { until } from '../support/until.js'

const page = await readFile(join(root, 'docs/guides/run-as-a-service.md'), 'utf8')
const [unit = ''] = /^```ini[\s\S]*?^```$/m.exec(page) ?? []
const [scrape, rules] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => parse(text!) as unknown)

let folder: string
const project = (): string => join(folder, 'srv')
const data = (): string => join(folder, 'data')
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-service-'))
  expect((await finished(['init', project(), '--source', 'amqp', '--name', 'rooms'])).code).toBe(0)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('the unit starts what answers as the guide says, has the figures that its alarms name, and ends in order', async () => {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? []
  const [listen, state] = ['127.0.0.1:8080', '/var/lib/millrace/rooms']
  expect(line).toContain(`--data ${state} --http ${listen}`)
  const here = `127.0.0.1:${await freePort()}`
  const words = line.replace('/srv/rooms', project()).replace(state, data()).replace(listen, here).split(' ')
  const service = started([process.execPath, ...words, '--amqp', '127.0.0.1:0'], { cwd: project() })
  const asked = async (path: string): Promise<Response> => fetch(`http://${here}${path}`)
  await until('ready', async () => (await asked('/readyz')).ok)
  expect((await asked('/healthz')).status).toBe(200)

  const metrics = await (await asked('/metrics')).text()
  const { groups } = rules as { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] }
  const named = groups.flatMap(group => group.rules).flatMap(({ expr }) => [...expr.matchAll(/(millrace_\w+)(?:\{(.*?)\})?/g)])
  expect(named.length).toBeGreaterThan(8)
  for (const [, name, label] of named) {
    expect(metrics).toContain(`# TYPE ${name} `)
    // Of one that is told for each source there may be no line yet.
    if (label !== undefined) expect(metrics.split('\n').some(it => it.startsWith(`${name}{`) && it.includes(label))).toBe(true)
  }
  expect(scrape).toMatchObject({ scrape_configs: [{ honor_labels: true, static_configs: [{ targets: [listen] }] }] })

  expect((await started(['cp', '-a', data(), join(folder, 'backup')]).done).code).toBe(0)
  service.process.kill('SIGTERM')
  const { code, stderr } = await service.done
  expect(code).toBe(0)
  for (const said of stderr.trim().split('\n')) expect(JSON.parse(said)).toHaveProperty('message')
})

it('a copy made while it ran is whole', async () => {
  const [, command = ''] = /^(millrace journal verify .*)$/m.exec(page) ?? []
  const { code, stdout } = await finished(command.replace('/backup/rooms', join(folder, 'backup')).split(' ').slice(1))
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('a start makes the state again') as string })
})

const nginx = nginxAvailable()
const reason = nginx.present ? '' : ` (${nginx.reason})`

it.skipIf(!nginx.present)(`the proxy lets people with a password look, and nobody act${reason}`, async () => {
  if (!nginx.present) return
  const prefix = join(folder, 'nginx')
  await mkdir(join(prefix, 'logs'), { recursive: true })
  // Started by root it serves as nobody.
  await chmod(folder, 0o755)
  // `openssl passwd -apr1 -salt millrace secret`
  await writeFile(join(prefix, 'users'), 'ann:$apr1$millrace$mrTnoVvJ7Jygdf/1u7lIT1\n')
  const [here, outside] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const [, location = ''] = /^```nginx\n([\s\S]*?)^```$/m.exec(page) ?? []
  const served = location.replace('/etc/nginx/millrace.users', join(prefix, 'users')).replace('127.0.0.1:8080', here)
  expect(served).toContain(here)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${prefix}/${name};`).join(' ')
  const http = `access_log off; ${temporary} server { listen ${outside}; server_name _; ${served} }`
  await writeFile(join(prefix, 'conf'), `daemon off; master_process off; pid ${prefix}/pid; error_log stderr; events {} http { ${http} }`)

  const job = millrace(['run', 'rooms.job.ts', '--quiet', '--http', here, '--amqp', '127.0.0.1:0', '--data', join(folder, 'behind')], {
    cwd: project(),
  })
  await until('ready', async () => (await fetch(`http://${here}/readyz`)).ok)
  const proxy = started([nginx.path, '-p', prefix, '-e', 'stderr', '-c', join(prefix, 'conf')])
  const asked = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`http://${outside}${path}`, init)
  const ann = { authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` }
  await until('the proxy', async () => (await asked('/')).status === 401)
  expect((await asked('/', { headers: ann })).status).toBe(200)
  expect((await asked('/api/v1/views/climate/rows.csv', { headers: ann })).status).toBe(200)
  const act = { method: 'POST', headers: { ...ann, 'millrace-action': '1' } }
  expect((await asked('/api/v1/dead-letters/1/retry', act)).status).toBe(403)
  // The first event comes at once: nothing waits in the proxy.
  const live = await asked('/api/v1/live?views=climate', { headers: ann })
  const reader = live.body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('event: ')
  await reader.cancel()
  for (const command of [proxy, job]) {
    command.process.kill('SIGTERM')
    expect((await command.done).code).toBe(0)
  }
})
