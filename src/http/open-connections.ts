import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The connections of a server and how many answers each still owes. Node's own closing of idle connections spares
 * those that have not asked anything yet, which browsers keep in store.
 */
export class OpenConnections {
  #owed = new Map<Socket, number>()
  #closing = false

  constructor(server: Server) {
    server.on('connection', socket => {
      this.#owed.set(socket, 0)
      socket.on('close', () => this.#owed.delete(socket))
    })
    server.on('request', ({ socket }, response) => {
      this.#add(socket, 1)
      response.on('close', () => this.#add(socket, -1))
    })
  }

  /** An answer to it is not complete. */
  owes(socket: Socket): boolean {
    return (this.#owed.get(socket) ?? 0) > 0
  }

  /** Closes each connection as soon as it owes nothing. */
  close(): void {
    this.#closing = true
    for (const [socket, owed] of this.#owed) if (owed === 0) socket.destroySoon()
  }

  #add(socket: Socket, change: number): void {
    const owed = this.#owed.get(socket)
    if (owed === undefined) return
    this.#owed.set(socket, owed + change)
    if (this.#closing && owed + change === 0) socket.destroySoon()
  }
}
