import { connect, type Socket } from 'node:net'
import { Backoff, type CheckResult, type ConnectorContext, MillraceError } from 'millrace/connector'

/** Where lines come from or go to. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface ConnectionOwner {
  up(socket: Socket): void
  data(bytes: Uint8Array): void
  down(): void
}

const connectMs = 10_000

/** Keeps one TCP connection up until it is closed; pauses between attempts grow to 30 s. */
export class LineConnection {
  socket: Socket | undefined
  error: MillraceError | undefined
  /** Monotonic ms since it is not connected. */
  downSince: number | undefined
  reconnects = -1
  readonly endpoint: string
  readonly #address: Address
  readonly #context: ConnectorContext
  readonly #owner: ConnectionOwner
  readonly #backoff: Backoff
  #dialled: Socket | undefined
  #closed = false
  #cancel = (): void => undefined

  constructor(address: Address, context: ConnectorContext, owner: ConnectionOwner) {
    this.#address = address
    this.endpoint = `${address.host}:${address.port}`
    this.#context = context
    this.#owner = owner
    this.#backoff = new Backoff(context.random, 100, 30_000)
    this.downSince = context.time.monotonic()
    this.#dial()
  }

  get detail(): string {
    return this.socket ? `connected to ${this.endpoint}` : `waits for ${this.endpoint}${this.error ? `: ${this.error.message}` : ''}`
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.socket = undefined
    // What was written still goes out.
    this.#dialled?.end(() => this.#dialled?.destroy())
    if (this.#dialled?.connecting) this.#dialled.destroy()
  }

  #dial(): void {
    let fault: Error | undefined
    const socket = connect(this.#address)
    this.#dialled = socket
    this.#cancel = this.#context.time.after(connectMs, () => socket.destroy(new Error(`no answer within ${connectMs} ms`)))
    socket.on('connect', () => {
      this.#cancel()
      if (this.#closed) return
      this.socket = socket
      this.error = this.downSince = undefined
      this.reconnects++
      this.#backoff.reset()
      this.#owner.up(socket)
    })
    socket.on('data', bytes => this.#owner.data(bytes))
    socket.on('error', error => {
      fault = error
    })
    socket.on('close', () => this.#lost(fault?.message ?? 'the peer closed the connection'))
  }

  #lost(why: string): void {
    this.#cancel()
    if (this.#closed) return
    const { time, log } = this.#context
    if (this.socket) this.#owner.down()
    this.socket = undefined
    this.downSince ??= time.monotonic()
    const message = `${this.endpoint} cannot be reached: ${why}`
    // What goes on as before is said once.
    if (this.error?.message !== message) log.warn(message, { code: 'MR307' })
    this.error = new MillraceError('MR307', message)
    this.#cancel = time.after(this.#backoff.next(), () => this.#dial())
  }
}

/** For `millrace validate`: a peer that is away is a warning. */
export function checkAddress(address: Address, { time }: ConnectorContext, timeoutMs: number): Promise<readonly CheckResult[]> {
  const where = `${address.host}:${address.port}`
  return new Promise(resolve => {
    const socket = connect(address)
    const end = (result: CheckResult): void => {
      cancel()
      socket.destroy()
      resolve([result])
    }
    const away = (why: string) => end({ ok: false, message: `${where} cannot be reached: ${why}`, code: 'MR307', severity: 'warning' })
    const cancel = time.after(timeoutMs, () => away(`no answer within ${timeoutMs} ms`))
    socket.on('connect', () => end({ ok: true, message: `${where} takes connections` }))
    socket.on('error', error => away(error.message))
  })
}
