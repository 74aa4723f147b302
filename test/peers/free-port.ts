import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * Below the ports that systems give to whoever asks for any (Linux from 32768 on, others from 49152): nobody is given one of
 * these by chance before the server listens on it, or while it is away.
 */
const [lowest, beyond] = [20_000, 32_000]
const attempts = 50
/**
 * The workers of a test run draw from lanes of their own, and each of them gives a port once: a broker takes seconds to listen on what
 * was free when it was looked at.
 */
const lanes = 8
const lane = Number(process.env['VITEST_POOL_ID'] ?? 0) % lanes
const given = new Set<number>()

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** A port on loopback for a server that must be told one: free, and given to nobody who asks for any. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = lowest + lane + lanes * randomInt((beyond - lowest) / lanes)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
  throw new Error(`no port is free between ${lowest} and ${beyond}`)
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Waits until something listens on a loopback port; `gone` tells that it never will. */
export const portAnswers = async (port: number, withinMs: number, gone: () => string | undefined): Promise<void> => {
  const end = performance.now() + withinMs
  while (!(await answers(port))) {
    const reason = gone()
    if (reason !== undefined) throw new Error(reason)
    if (performance.now() > end) throw new Error(`nothing listens on port ${port} after ${withinMs} ms`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
