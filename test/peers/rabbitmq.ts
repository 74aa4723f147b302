import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { rabbitmqAvailable } from './available.js'
import { freePort } from './free-port.js'
import { ServerProcess } from './server-process.js'

export interface RabbitMq {
  /** With user and password. AMQP 1.0 and 0-9-1 share the port. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

const run = promisify(execFile)

/** A fresh RabbitMQ with its AMQP 1.0 plugin on a free port of loopback. */
export const startRabbitMq = async (): Promise<RabbitMq> => {
  const available = rabbitmqAvailable()
  if (!available.present) throw new Error(available.reason)
  const home = await mkdtemp(join(tmpdir(), 'millrace-rabbitmq-'))
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()]
  const env = {
    ...process.env,
    HOME: home,
    RABBITMQ_NODENAME: `peer${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(home, 'db'),
    RABBITMQ_LOG_BASE: home,
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'plugins'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'none'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  }
  await writeFile(join(home, 'plugins'), '[rabbitmq_amqp1_0].\n')
  await writeFile(join(home, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\ndefault_user = device\ndefault_pass = secret\n`)
  const server = new ServerProcess(available.path, [], { cwd: home, env })
  await server.ready(port, 90_000)
  await run(join(dirname(available.path), 'rabbitmqctl'), ['-q', '--timeout', '60', 'await_startup'], { env })
  return {
    url: `amqp://device:secret@127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    user: 'device',
    password: 'secret',
    stop: async () => {
      await server.stop()
      // The port mapper stays behind as a daemon; this one is ours alone, by its port.
      await run('epmd', ['-kill'], { env }).catch(() => {})
      await rm(home, { recursive: true, force: true })
    },
  }
}
