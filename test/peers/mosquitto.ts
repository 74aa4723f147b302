import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mosquittoAvailable } from './available.js'
import { freePort } from './free-port.js'
import { ServerProcess } from './server-process.js'

export interface Mosquitto {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number | undefined
  /** Ends it without forgetting its data; `start` brings it back on the same port. */
  halt(how: 'stop' | 'kill'): Promise<void>
  start(): Promise<void>
  restart(how: 'stop' | 'kill'): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export interface MosquittoOptions {
  /** Further lines of its configuration. */
  readonly lines?: readonly string[]
  /** Users by name, with their passwords; with any, others are refused. */
  readonly users?: Readonly<Record<string, string>>
  /** Sessions and messages are kept on disk. Default true; at a kill, what came in the last second may be missing. */
  readonly persistent?: boolean
}

/** A Mosquitto broker on a free port of loopback, which keeps as many messages for a client as come. */
export const startMosquitto = async ({ lines = [], users, persistent = true }: MosquittoOptions = {}): Promise<Mosquitto> => {
  const available = mosquittoAvailable()
  if (!available.present) throw new Error(available.reason)
  const home = await mkdtemp(join(tmpdir(), 'millrace-mosquitto-'))
  const port = await freePort()
  const passwords = join(home, 'passwords')
  const config = [
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${users === undefined}`,
    ...(users ? [`password_file ${passwords}`] : []),
    'max_queued_messages 0',
    // With a limit, 2.0.11 acknowledges QoS 2 messages of a client that goes beyond it and hands most of them to nobody.
    'max_inflight_messages 0',
    'set_tcp_nodelay true',
    // It runs as whoever runs the test, and may write its folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...(persistent ? ['persistence true', `persistence_location ${home}/`, 'autosave_interval 1'] : []),
    ...lines,
  ]
  if (users) {
    await writeFile(
      passwords,
      Object.entries(users)
        .map(([name, password]) => `${name}:${password}\n`)
        .join(''),
      { mode: 0o600 },
    )
    const hash = new ServerProcess('mosquitto_passwd', ['-U', passwords], { cwd: home })
    await hash.ended
  }
  const file = join(home, 'mosquitto.conf')
  await writeFile(file, `${config.join('\n')}\n`)
  const begin = async (): Promise<ServerProcess> => {
    const server = new ServerProcess(available.path, ['-c', file], { cwd: home })
    await server.ready(port, 10_000)
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
    url: `mqtt://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
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
