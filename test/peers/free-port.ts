import { connect, createServer } from 'node:net'

/** A port on loopback that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

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
