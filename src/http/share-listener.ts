import { createServer, type Server as NetServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Share, ShareGuard } from './share-guard.js'

/** Connections of guests, at most: the owner's have a listener of their own. */
const mostConnections = 500

const listening = (server: NetServer, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/**
 * Listens on the shared address and hands its connections to the server, marked as guests'. Gives the port: the one named,
 * else the owner's, else a free one.
 *
 * @throws MR503 for a named port that is taken, MR519 for an address that cannot be bound.
 */
export async function shareListener(
  app: FastifyInstance,
  guard: ShareGuard,
  { host, port }: Share,
  owners: number,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer(socket => {
    guard.guest(socket)
    // As Node's documentation of the event has it: connections may be injected so.
    app.server.emit('connection', socket)
  })
  server.maxConnections = mostConnections
  const close = (): Promise<void> => new Promise(resolve => server.close(() => resolve()))
  const refused = (cause: NodeJS.ErrnoException, tried: number): MillraceError =>
    cause.code === 'EADDRINUSE'
      ? new MillraceError('MR503', `port ${tried} of ${host} is taken`, { cause })
      : new MillraceError('MR519', `${host}:${tried} cannot be bound: ${cause.code ?? cause.message}`, {
          cause,
          hint: 'share an address of this machine: --share lists them',
        })
  try {
    return { port: await listening(server, host, port ?? owners), close }
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    if (port !== undefined || cause.code !== 'EADDRINUSE') throw refused(cause, port ?? owners)
    return { port: await listening(server, host, 0), close }
  }
}
