import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut: what is connected breaks off, and nobody gets through until it is mended. */
export class CuttableProxy {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #target: number
  #isCut = false

  constructor(target: number) {
    this.#target = target
    this.#server = createServer(near => {
      if (this.#isCut) return void near.destroy()
      const far = connect(this.#target, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** @param target another server's port, where the old one is gone */
  mend(target = this.#target): void {
    this.#target = target
    this.#isCut = false
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }
}
