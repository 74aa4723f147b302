import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { artemisAvailable } from './available.js'
import { freePort } from './free-port.js'
import { ServerProcess } from './server-process.js'

export interface Artemis {
  /** With user and password. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Of its MQTT acceptor, with user and password; empty and 0 where none was asked for. */
  readonly mqttUrl: string
  readonly mqttPort: number
  readonly user: string
  readonly password: string
  /** Its process, while it runs. */
  readonly pid: number | undefined
  /** Ends it and starts it again on the same port with the same data; `kill` as a power cut would. */
  restart(how: 'stop' | 'kill'): Promise<void>
  /** Ends it without forgetting its data; `start` brings it back. */
  halt(how: 'stop' | 'kill'): Promise<void>
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const run = promisify(execFile)

export interface ArtemisOptions {
  /** What comes back is delivered again however often; by default a message goes to DLQ after ten attempts. */
  readonly redeliverWithoutEnd?: boolean
  /** After so many ms without a word from a client it is given up; default 60,000. */
  readonly idleTimeoutMs?: number
  /** For load over minutes: compiled with all optimisations, which cost the first seconds; by default it starts fast and stays slow. */
  readonly sustained?: boolean
  /** Speaks MQTT as well, on a port of its own. */
  readonly mqtt?: boolean
}

/** A fresh Artemis broker with AMQP alone, unless MQTT is asked for, on a free port of loopback; unknown addresses are made on attach. */
export const startArtemis = async ({
  redeliverWithoutEnd = false,
  idleTimeoutMs = 60_000,
  sustained = false,
  mqtt = false,
}: ArtemisOptions = {}): Promise<Artemis> => {
  const available = artemisAvailable()
  if (!available.present) throw new Error(available.reason)
  const home = await mkdtemp(join(tmpdir(), 'millrace-artemis-'))
  const instance = join(home, 'broker')
  const port = await freePort()
  const mqttPort = mqtt ? await freePort() : 0
  const create = ['create', instance, '--silent', '--user', 'device', '--password', 'secret', '--require-login', '--host', '127.0.0.1']
  const lean = ['--no-web', '--no-autotune', '--no-hornetq-acceptor', '--no-stomp-acceptor', '--java-memory', sustained ? '1G' : '512M']
  await run(available.path, [...create, ...lean], { cwd: dirname(dirname(available.path)) })
  const path = join(instance, 'etc', 'broker.xml')
  const acceptor = `<acceptor name="amqp">tcp://127.0.0.1:${port}?protocols=AMQP;amqpCredits=1000;amqpLowCredits=300;amqpIdleTimeout=${idleTimeoutMs}</acceptor>${mqtt ? `<acceptor name="mqtt">tcp://127.0.0.1:${mqttPort}?protocols=MQTT</acceptor>` : ''}`
  const xml = (await readFile(path, 'utf8'))
    .replace(/<acceptors>[\s\S]*<\/acceptors>/, `<acceptors>${acceptor}</acceptors>`)
    // A disk that is more than 90 % full would leave producers without credit, without a word.
    .replace(/<max-disk-usage>\d+<\/max-disk-usage>/, '<max-disk-usage>-1</max-disk-usage>')
    .replace(
      '<address-setting match="#">',
      all => `${all}${redeliverWithoutEnd ? '<max-delivery-attempts>-1</max-delivery-attempts>' : ''}`,
    )
  await writeFile(path, xml)
  const env = { ...process.env, JAVA_ARGS_APPEND: sustained ? '-XX:-UseG1GC -XX:+UseParallelGC' : '-XX:TieredStopAtLevel=1' }
  const begin = async (): Promise<ServerProcess> => {
    const server = new ServerProcess(join(instance, 'bin', 'artemis'), ['run'], { cwd: instance, env })
    await server.ready(port, 60_000)
    if (mqtt) await server.ready(mqttPort, 60_000)
    return server
  }
  let server: ServerProcess | undefined = await begin()
  const halt = async (how: 'stop' | 'kill'): Promise<void> => {
    await (how === 'stop' ? server?.stop() : server?.kill())
    server = undefined
  }
  const start = async (): Promise<void> => {
    server ??= await begin()
  }
  return {
    url: `amqp://device:secret@127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    mqttUrl: mqtt ? `mqtt://device:secret@127.0.0.1:${mqttPort}` : '',
    mqttPort,
    user: 'device',
    password: 'secret',
    get pid() {
      return server?.pid
    },
    halt,
    start,
    restart: async how => {
      await halt(how)
      await start()
    },
    stop: async () => {
      await halt('stop')
      await rm(home, { recursive: true, force: true })
    },
  }
}
