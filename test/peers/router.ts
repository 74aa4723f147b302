import { join } from 'node:path'
import { protonAvailable } from './available.js'
import { freePort } from './free-port.js'
import { ServerProcess } from './server-process.js'

export interface Router {
  readonly url: string
  readonly host: string
  readonly port: number
  stop(): Promise<void>
  kill(): Promise<void>
}

/** The scripted router without storage (`router.py`): addresses that begin with `multicast` are multicast, others balanced. */
export const startRouter = async (port?: number): Promise<Router> => {
  const python = protonAvailable()
  if (!python.present) throw new Error(python.reason)
  const at = port ?? (await freePort())
  const server = new ServerProcess(python.path, [join(import.meta.dirname, 'router.py'), String(at)], {})
  await server.ready(at, 20_000)
  return { url: `amqp://127.0.0.1:${at}`, host: '127.0.0.1', port: at, stop: () => server.stop(), kill: () => server.kill() }
}
