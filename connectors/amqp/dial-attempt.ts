import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { guardLimits, guardSocket } from '../../src/amqp/guard.js'
import { type AmqpError, type Connection, type ConnectionOptions, createContainer } from '../../src/amqp/rhea.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { protocolFault, refusal, type Stage, silence, socketError } from './dial-faults.js'
import type { DialSettings } from './dial-settings.js'
import type { Dialed } from './dialed.js'
import type { Endpoint } from './endpoint.js'
import { foreignProtocol } from './protocol-header.js'

/** The server begins with the plain AMQP header, without the SASL layer that we asked for (part 5 §5.3.2). */
export class NoSaslLayer extends Error {}

/** Long for an answer, even from far away. */
const quietMs = 1_500

/** How long a peer must have pondered a login before its silent goodbye counts as a refusal: RabbitMQ takes 3 s. */
const ponderedMs = 2_000

/** Some brokers let a wrong password wait for three seconds; that answer is worth one more. */
const graceMs = 1_000

type SocketFactory = NonNullable<ConnectionOptions['connect']>

/** One attempt at one endpoint: socket, header, login, open. It ends once, with a connection or with the reason. */
export class DialAttempt {
  /** The open connection. Rejects with what `dial` throws, or with `NoSaslLayer`. */
  readonly dialed: Promise<Dialed>
  readonly #endpoint: Endpoint
  readonly #settings: DialSettings
  readonly #user: string | undefined
  readonly #sasl: boolean
  readonly #cancelQuiet: () => void
  #cancelTimeout: () => void
  #resolve!: (dialed: Dialed) => void
  #reject!: (error: Error) => void
  #stage: Stage = 'dialling'
  /** Monotonic ms of the last bytes. */
  #heard = 0
  #opened = false
  #over = false
  #socket: Socket | undefined
  /** Who is told of the end, and the end itself where it came before that was known. */
  #lost: ((error: MillraceError, fatal: boolean) => void) | undefined
  #ended: { readonly error: MillraceError; readonly fatal: boolean } | undefined

  constructor(endpoint: Endpoint, settings: DialSettings, sasl: boolean) {
    this.#endpoint = endpoint
    this.#settings = settings
    this.#user = endpoint.user ?? settings.user
    this.#sasl = sasl
    this.dialed = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { time, timeoutMs, signal, onQuiet } = settings
    this.#cancelTimeout = time.after(timeoutMs, () => this.#timeout())
    this.#cancelQuiet = time.after(quietMs, () => onQuiet?.(silence(endpoint, this.#stage, this.#user)))
    signal?.addEventListener('abort', this.#abort)
    this.#connect()
  }

  readonly #abort = (): void => this.#end(new MillraceError('MR307', `${this.#endpoint.text} is no longer wanted`))

  #timeout(): void {
    const { time, timeoutMs } = this.#settings
    const late = () =>
      this.#end(new MillraceError('MR307', `${silence(this.#endpoint, this.#stage, this.#user)}, for ${timeoutMs / 1000} s`))
    if (this.#stage === 'login' && this.#user !== undefined) this.#cancelTimeout = time.after(graceMs, late)
    else late()
  }

  #connect(): void {
    const { containerId } = this.#settings
    const container = createContainer({ id: containerId, onError: error => this.#end(this.#lostError(error)) })
    const connection = container.create_connection(this.#options())
    this.#listen(connection)
    connection.connect()
  }

  #options(): ConnectionOptions {
    const { tls, idleTimeoutMs, containerId } = this.#settings
    const { host, port } = this.#endpoint
    return {
      host,
      port,
      hostname: host,
      container_id: containerId,
      reconnect: false,
      idle_time_out: idleTimeoutMs,
      max_frame_size: 65_536,
      session_buffer_size: { incoming: 16_384, outgoing: 2_048 },
      connect: this.#openSocket,
      ...(this.#sasl ? this.#credentials() : {}),
      ...(tls.cert === undefined ? {} : { cert: tls.cert, enable_sasl_external: true }),
    }
  }

  #credentials(): Pick<ConnectionOptions, 'username' | 'password'> {
    const { tls } = this.#settings
    const user = this.#user
    const password = this.#endpoint.password ?? this.#settings.password
    if (user !== undefined) return { username: user, ...(password === undefined ? {} : { password }) }
    // A certificate speaks for itself.
    return tls.cert !== undefined && this.#endpoint.tls ? {} : { username: 'anonymous' }
  }

  readonly #openSocket: SocketFactory = (port, host, _options, connected) => {
    const endpoint = this.#endpoint
    const { tls, time } = this.#settings
    const names = endpoint.tls ? { ...tls, ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}) } : {}
    const socket = endpoint.tls
      ? connectTls({ host, port, minVersion: 'TLSv1.2', ...names }, connected)
      : connectTcp({ host, port, noDelay: true }, connected)
    this.#socket = socket
    this.#watch(socket)
    return guardSocket(socket, guardLimits, time, violation => this.#end(protocolFault(endpoint, new Error(violation.message))))
  }

  /** Follows how far the attempt has come, and how the socket ends. */
  #watch(socket: Socket): void {
    let failure: Error | undefined
    socket.on('data', () => {
      this.#heard = this.#settings.time.monotonic()
    })
    this.#inspectHeader(socket)
    socket.on('connect', () => {
      this.#stage = 'connected'
    })
    socket.on('error', error => {
      failure = error
    })
    socket.on('close', () => {
      // rhea stops its timers at `end` or `error`; a socket that we destroyed raises neither.
      socket.emit('end')
      this.#end(this.#lostError(failure))
    })
  }

  /** The first eight bytes tell another protocol, or a server without SASL. */
  #inspectHeader(socket: Socket): void {
    let head: Buffer = Buffer.alloc(0)
    const inspect = (data: Buffer): void => {
      head = Buffer.concat([head, data.subarray(0, 64)])
      const foreign = foreignProtocol(head)
      if (foreign !== undefined) this.#end(new MillraceError('MR306', `${this.#endpoint.text} does not speak AMQP 1.0: ${foreign}`))
      else if (this.#sasl && head.length >= 5 && head[4] === 0) this.#end(new NoSaslLayer())
      if (head.length < 8) return
      socket.removeListener('data', inspect)
      this.#stage = 'login'
    }
    socket.on('data', inspect)
  }

  #listen(connection: Connection): void {
    const { log } = this.#settings
    const endpoint = this.#endpoint
    const refused = (reason: AmqpError | undefined): void => this.#end(refusal(endpoint, this.#user, reason, this.#opened))
    connection.on('connection_open', () => this.#open(connection))
    connection.on('connection_error', context => refused(context.error ?? connection.error))
    connection.on('connection_close', () => refused(connection.error))
    connection.on('protocol_error', error => this.#end(protocolFault(endpoint, error as unknown as Error)))
    connection.on('error', error => this.#end(this.#lostError(error as unknown as Error)))
    connection.on('disconnected', context => this.#end(this.#lostError(context.error)))
    connection.on('session_error', () => log.warn(`${endpoint.text} ended a session`))
    connection.on('session_close', () => {})
  }

  #open(connection: Connection): void {
    this.#opened = true
    this.#forget()
    this.#resolve({
      connection,
      endpoint: this.#endpoint,
      onLost: listener => {
        this.#lost = listener
        if (this.#ended) listener(this.#ended.error, this.#ended.fatal)
      },
      destroy: () => this.#socket?.destroy(),
    })
  }

  #lostError(error: Error | undefined): MillraceError {
    const { text } = this.#endpoint
    const awaitsLogin = !this.#opened && this.#stage === 'login' && this.#user !== undefined
    if (error === undefined && awaitsLogin && this.#settings.time.monotonic() - this.#heard >= ponderedMs)
      return new MillraceError('MR305', `${text} refuses user '${this.#user}': it closed the connection without an answer to the login`)
    return socketError(this.#endpoint, error, this.#opened)
  }

  /** The first end counts: of the attempt, or of the connection that it became. */
  #end(error: MillraceError | NoSaslLayer): void {
    if (this.#over) return
    this.#over = true
    this.#forget()
    this.#socket?.destroy()
    if (!this.#opened) this.#reject(error)
    else if (error instanceof MillraceError) {
      this.#ended = { error, fatal: error.action === 'stop' }
      this.#lost?.(error, this.#ended.fatal)
    }
  }

  #forget(): void {
    this.#cancelTimeout()
    this.#cancelQuiet()
    this.#settings.signal?.removeEventListener('abort', this.#abort)
  }
}
