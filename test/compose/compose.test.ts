import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { afterEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startNode } from '../../src/broker/index.js'
import { finished, main, root } from '../cli/command.js'
import { mosquittoAvailable } from '../peers/available.js'
import { freePort, portAnswers } from '../peers/free-port.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { copiesOf, stagesOf, wordsOf } from './dockerfile.js'

interface Service {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const compose = parse(read('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}
const { artemis, mosquitto, millrace } = compose.services as { readonly [name: string]: Service }
const stages = stagesOf(read('Dockerfile'))
const last = stages.at(-1)!
const entry = read('docker/container.js')
const doing = (name: string): readonly string[] => last.instructions.filter(one => one.name === name).map(({ text }) => text)
/** Published on the host, and in the container. */
const portsOf = ({ ports }: Service): readonly [string, string] => {
  const [, host = '', inner = ''] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(ports[0]!) ?? []
  return [host, inner]
}

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** The schema writes its identifiers and that of its dialect in ways that validators no longer know. */
const schema = JSON.parse(read('test/compose/compose-spec.json'), (key, value: unknown) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
) as object
const valid = new Ajv2019({ strict: false, logger: false, formats: { ports: true, expose: true, duration: true } }).compile(schema)

describe('docker-compose.yml', () => {
  test('is a Compose file, and the check would see where it were none', () => {
    expect(valid(compose), JSON.stringify(valid.errors)).toBe(true)
    const wrong = (change: object) => valid({ ...compose, services: { artemis: { ...artemis, ...change } } })
    expect(wrong({})).toBe(true)
    expect(wrong({ port: ['127.0.0.1:1:1'] })).toBe(false)
    expect(wrong({ image: 7 })).toBe(false)
    expect(wrong({ depends_on: { mosquitto: { condition: 'perhaps' } } })).toBe(false)
    expect(wrong({ healthcheck: { tests: [] } })).toBe(false)
  })

  test('pins its images, opens its ports on loopback alone, and knows how each service fares', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      if (!service.build) expect(service.image, name).toMatch(/^[\w./-]+:\d+\.\d+\.\d+(-\w+)?$/)
      expect(service.ports, name).toHaveLength(1)
      expect(service.ports[0], name).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    }
    for (const { from } of stages) expect(from).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim$/)
    expect(new Set(stages.map(({ from }) => from)).size).toBe(1)
    // A broker is asked on the port that is published; Millrace brings its check in its image.
    for (const broker of [artemis!, mosquitto!]) expect(broker.healthcheck?.test.at(-1)).toBe(portsOf(broker)[1])
    expect(doing('HEALTHCHECK')).toHaveLength(1)
    expect(millrace!.depends_on).toEqual({ artemis: { condition: 'service_healthy' }, mosquitto: { condition: 'service_healthy' } })
  })

  test('gives Millrace the addresses of its brokers, under names that the code reads', () => {
    const { MILLRACE_AMQP_URL: amqp = '', MILLRACE_MQTT_URL: mqtt = '', ...others } = millrace!.environment ?? {}
    expect(others).toEqual({})
    const { username, password, hostname, port } = new URL(amqp)
    expect({ username, password }).toEqual({
      username: artemis!.environment!['ARTEMIS_USER'],
      password: artemis!.environment!['ARTEMIS_PASSWORD'],
    })
    expect([hostname, port]).toEqual(['artemis', portsOf(artemis!)[1]])
    const other = new URL(mqtt)
    expect([other.hostname, other.port]).toEqual(['mosquitto', portsOf(mosquitto!)[1]])
    const sources = ['src', 'connectors'].flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map(file => read(join(folder, file))),
    )
    for (const name of Object.keys(millrace!.environment!))
      expect(
        sources.some(text => text.includes(`env['${name}']`)),
        name,
      ).toBe(true)
    // What its head tells to who uses the brokers alone.
    const head = read('docker-compose.yml').split('services:')[0]!
    expect(head).toContain(`MILLRACE_AMQP_URL=amqp://${username}:${password}@127.0.0.1:${portsOf(artemis!)[0]}`)
    expect(head).toContain(`MILLRACE_MQTT_URL=mqtt://127.0.0.1:${portsOf(mosquitto!)[0]}`)
    expect(head).toContain(`http://127.0.0.1:${portsOf(millrace!)[0]}`)
  })

  test('mounts what exists', () => {
    for (const { volumes } of Object.values(compose.services))
      for (const volume of volumes) {
        const [from = '', to = ''] = volume.split(':')
        if (from.startsWith('.')) expect(existsSync(join(root, from)), from).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(from)
        expect(to).toMatch(/^\//)
      }
    const workdir = doing('WORKDIR')[0]!
    expect(millrace!.volumes).toContain(`./jobs:${workdir}/jobs:ro`)
    expect(millrace!.volumes).toContain(`millrace:${doing('VOLUME')[0]}`)
  })

  const broker = mosquittoAvailable()
  test.skipIf(!broker.present)(`its Mosquitto takes its configuration${broker.present ? '' : ` (${broker.reason})`}`, async () => {
    const home = mkdtempSync(join(tmpdir(), 'millrace-mosquitto-'))
    open.push(() => rmSync(home, { recursive: true, force: true }))
    const port = await freePort()
    const text = read('docker/mosquitto.conf')
    expect(text).toContain(`listener ${portsOf(mosquitto!)[1]}\n`)
    const kept = /^persistence_location (\S+)\/$/m.exec(text)![1]!
    expect(mosquitto!.volumes).toContain(`mosquitto:${kept}`)
    const own = text.replace(/^listener .*$/m, `listener ${port} 127.0.0.1`).replace(kept, home)
    writeFileSync(join(home, 'mosquitto.conf'), process.getuid?.() === 0 ? `${own}user root\n` : own)
    const server = spawn(broker.present ? broker.path : '', ['-c', join(home, 'mosquitto.conf')], { stdio: 'ignore' })
    open.push(() => void server.kill('SIGKILL'))
    await portAnswers(port, 10_000, () => (server.exitCode === null ? undefined : `it ended with ${server.exitCode}`))
  })
})

/** Whether a path of the context is sent to the build: everything is left out that is not named. */
function isSent(path: string): boolean {
  const rules = read('.dockerignore')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  expect(rules[0]).toBe('*')
  return rules.some(rule => rule.startsWith('!') && (path === rule.slice(1) || path.startsWith(`${rule.slice(1)}/`)))
}

describe('the Dockerfile', () => {
  test('copies what exists and is sent, and what an earlier stage has', () => {
    stages.forEach((stage, at) => {
      for (const { stage: from, sources } of copiesOf(stage))
        for (const source of sources) {
          if (from !== undefined)
            expect(
              stages.slice(0, at).some(({ name }) => name === from),
              `${from} before stage ${at}`,
            ).toBe(true)
          else
            expect({ source, sent: isSent(source), exists: existsSync(join(root, source)) }).toEqual({ source, sent: true, exists: true })
        }
    })
    for (const rule of read('.dockerignore').match(/^!(.+)$/gm)!) expect(existsSync(join(root, rule.slice(1))), rule).toBe(true)
    for (const secret of ['.git', '.millrace', 'node_modules', 'dist', '.peers', '.env']) expect(isSent(secret), secret).toBe(false)
  })

  test('installs without development, runs without being root, keeps its data in a volume', () => {
    const run = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'RUN').map(({ text }) => text))
    expect(run.some(text => text.startsWith('npm ci --omit=dev'))).toBe(true)
    expect(copiesOf(last).find(({ target }) => target === 'node_modules')?.stage).toBe('modules')
    expect(doing('USER')).toEqual(['node'])
    const command = wordsOf(last, 'CMD')
    expect(command[command.indexOf('--data') + 1]).toBe(doing('VOLUME')[0])
    expect(last.instructions.findIndex(({ text }) => text.includes('chown node:node /data'))).toBeLessThan(
      last.instructions.findIndex(({ name }) => name === 'USER'),
    )
  })

  test('says a command that Millrace knows, as compose does, on ports that fit', async () => {
    const { stdout } = await finished(['--help'])
    const command = wordsOf(last, 'CMD')
    expect(millrace!.command).toEqual(command)
    expect(stdout).toMatch(new RegExp(`^ +${command[0]} `, 'm'))
    const help = (await finished([command[0]!, '--help'])).stdout
    for (const option of command.filter(word => word.startsWith('--'))) expect(help).toContain(option)
    expect(existsSync(join(root, command[1]!))).toBe(true)
    const [, outside] = portsOf(millrace!)
    expect(doing('EXPOSE')).toEqual([outside])
    expect(entry).toContain(`process.env.PORT ?? ${outside}`)
    expect(doing('HEALTHCHECK')[0]).toContain(`http://${command[command.indexOf('--http') + 1]}/readyz`)
    expect(read('Dockerfile')).toContain(`-p ${millrace!.ports[0]!}`)
  })

  test('what its last stage consists of runs, is healthy, and is reached from outside its loopback', async () => {
    const app = mkdtempSync(join(tmpdir(), 'millrace-image-'))
    open.push(() => rmSync(app, { recursive: true, force: true }))
    for (const { stage, sources, target } of copiesOf(last))
      for (const source of sources) {
        const path = stage === undefined ? source : source.replace(`${doing('WORKDIR')[0]}/`, '')
        const to = target.endsWith('/') ? join(app, target, basename(path)) : join(app, target)
        mkdirSync(dirname(to), { recursive: true })
        if (path === 'node_modules') symlinkSync(join(root, path), to, 'junction')
        else cpSync(join(root, path), to, { recursive: statSync(join(root, path)).isDirectory() })
      }
    const { time, random, log } = connectorContext()
    const node = await startNode({ port: 0, time, random, log })
    open.push(() => node.close())
    const [outside, inside] = [await freePort(), await freePort()]
    const own = (word: string): string => word.replaceAll('8080', String(inside)).replace(/^\/data$/, join(app, 'data'))
    const [file = '', ...args] = [...wordsOf(last, 'ENTRYPOINT'), ...wordsOf(last, 'CMD')].map(own)
    const env = { ...process.env, NODE_ENV: 'production', PORT: String(outside), MILLRACE_AMQP_URL: node.url, NODE_OPTIONS: '' }
    const child = spawn(file === 'node' ? process.execPath : file, args, { cwd: app, env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString()
    })
    open.push(() => void child.kill('SIGKILL'))
    const [healthcheck = '', ...rest] = wordsOf(last, 'HEALTHCHECK').map(own)
    expect(healthcheck).toBe('node')
    const healthy = () => spawnSync(process.execPath, rest).status
    await until(`healthy: ${said}`, () => healthy() === 0)
    const answer = await fetch(`http://127.0.0.1:${outside}/api/v1/jobs`)
    expect(await answer.json()).toMatchObject([{ id: 'max-temperature', state: 'running' }])
    expect(await (await fetch(`http://127.0.0.1:${outside}/`)).text()).toContain('<html')
    const ended = new Promise<number | null>(resolve => child.once('close', resolve))
    child.kill('SIGTERM')
    expect(await ended, said).toBe(0)
    expect(existsSync(join(app, 'data'))).toBe(true)
    expect(healthy()).toBe(1)
    expect(existsSync(main)).toBe(true)
  })
})
