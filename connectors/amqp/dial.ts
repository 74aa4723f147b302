import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { guardLimits, guardSocket } from '../../src/amqp/guard.js'
import { type AmqpError, type Connection, type ConnectionOptions, createContainer } from '../../src/amqp/rhea.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Log, TimeSource } from '../../src/model/seams.js'
import { endingOf } from './conditions.js'
import type { Endpoint } from './endpoint.js'
import { foreignProtocol } from './protocol-header.js'

/** PEM texts. */
export interface TlsSettings {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized?: boolean
}

export interface DialSettings {
  readonly containerId: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: TlsSettings
  /** The peer must send something at least this often, ms. */
  readonly idleTimeoutMs: number
  readonly timeoutMs: number
  /** Told once when the peer keeps us waiting: a sentence about what is missing. */
  readonly onQuiet?: (words: string) => void
  /** Gives up an attempt that is under way. */
  readonly signal?: AbortSignal
  readonly time: TimeSource
  readonly log: Log
}

/** An open connection. `onLost` is called once, when it is gone for whatever reason. */
export interface Dialed {
  readonly connection: Connection
  readonly endpoint: Endpoint
  onLost(listener: (error: MillraceError, fatal: boolean) => void): void
  /** Ends it at once, without a goodbye. */
  destroy(): void
}

const certificateFaults = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_CERT|HOSTNAME_MISMATCH)/

/** A failure of the socket as an error with its code. */
function socketError(endpoint: Endpoint, error: Error | undefined, opened: boolean): MillraceError {
  const code = (error as (Error & { code?: string }) | undefined)?.code ?? ''
  if (certificateFaults.test(code))
    return new MillraceError('MR312', `the certificate of ${endpoint.text} is not trusted: ${error?.message}`, { cause: error })
  if (/^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH)|^EPROTO/.test(code) && endpoint.tls)
    return new MillraceError('MR306', `${endpoint.text} answers, but not in TLS (use amqp://)`, { cause: error })
  const hint = endpoint.tls ? 'perhaps it speaks AMQP without TLS (amqp://)' : 'perhaps it wants TLS (amqps://) or speaks another protocol'
  const silent = !opened && (error === undefined || error.message.includes('before secure TLS connection'))
  const closed = silent ? `it closed the connection without an answer; ${hint}` : 'it closed the connection'
  const why = code === 'ECONNREFUSED' ? 'connection refused' : silent ? closed : (error?.message ?? closed)
  return new MillraceError(
    'MR307',
    opened ? `the connection to ${endpoint.text} was lost: ${why}` : `${endpoint.text} cannot be reached: ${why}`,
    {
      cause: error,
    },
  )
}

function refusal(endpoint: Endpoint, user: string | undefined, reason: AmqpError | undefined, opened: boolean): MillraceError {
  // Some brokers take the connection first and refuse it right after the open; some give no reason for a refused password.
  if (reason?.condition === 'amqp:unauthorized-access' || (!opened && reason?.condition === undefined)) {
    const who = user === undefined ? 'a connection without user and password' : `user '${user}'`
    const words = reason?.description?.startsWith('No suitable mechanism') ? `: ${reason.description}` : ''
    return new MillraceError('MR305', `${endpoint.text} refuses ${who}${words}`)
  }
  return endingOf(`the connection to ${endpoint.text}`, reason).error
}

/**
 * Opens one AMQP connection.
 *
 * @throws MR305 for refused credentials, MR306 for a server of another protocol, MR312 for an untrusted certificate, MR307 otherwise.
 */
export async function dial(endpoint: Endpoint, settings: DialSettings): Promise<Dialed> {
  const user = endpoint.user ?? settings.user
  try {
    return await attempt(endpoint, settings, user, true)
  } catch (error) {
    // A server without a SASL layer answers with the plain AMQP header; an anonymous client may go on without.
    if (user === undefined && error instanceof NoSaslLayer) return attempt(endpoint, settings, user, false)
    throw error instanceof NoSaslLayer
      ? new MillraceError('MR305', `${endpoint.text} offers no authentication, and user '${user}' was given`)
      : error
  }
}

class NoSaslLayer extends Error {}

/** Long for an answer, even from far away. */
const quietMs = 1_500

/** How long a peer must have pondered a login before its silent goodbye counts as a refusal: RabbitMQ takes 3 s. */
const ponderedMs = 2_000

/** How far an attempt has come. */
type Stage = 'dialling' | 'connected' | 'login'

/** Why a peer that has not answered may be silent. */
function silence(endpoint: Endpoint, stage: Stage, user: string | undefined): string {
  if (stage === 'login')
    return `${endpoint.text} has not answered the login of ${user === undefined ? 'an anonymous client' : `user '${user}'`}`
  if (stage === 'dialling') return `${endpoint.text} does not answer; perhaps it is down, or a firewall drops the connection`
  const other = endpoint.tls ? 'it speaks no TLS (amqp://)' : 'it wants TLS (amqps://)'
  return `${endpoint.text} took the connection and says nothing; perhaps ${other} or speaks another protocol`
}

function attempt(endpoint: Endpoint, settings: DialSettings, user: string | undefined, sasl: boolean): Promise<Dialed> {
  const { tls, time, log, timeoutMs, idleTimeoutMs, containerId } = settings
  const password = endpoint.password ?? settings.password
  return new Promise((resolve, reject) => {
    let opened = false
    let over = false
    let lost: ((error: MillraceError, fatal: boolean) => void) | undefined
    let ended: { readonly error: MillraceError; readonly fatal: boolean } | undefined
    let socket: Socket | undefined
    const end = (error: MillraceError | NoSaslLayer, fatal = error instanceof MillraceError && error.action === 'stop') => {
      if (over) return
      over = true
      forget()
      socket?.destroy()
      if (!opened) reject(error)
      else if (error instanceof MillraceError) {
        ended = { error, fatal }
        lost?.(error, fatal)
      }
    }
    let stage: Stage = 'dialling'
    let heard = 0
    const late = () => end(new MillraceError('MR307', `${silence(endpoint, stage, user)}, for ${timeoutMs / 1000} s`))
    // Some brokers let a wrong password wait for three seconds; that answer is worth one more.
    let cancel = time.after(timeoutMs, () => {
      if (stage === 'login' && user !== undefined) cancel = time.after(1_000, late)
      else late()
    })
    const lostError = (error: Error | undefined): MillraceError =>
      error === undefined && !opened && stage === 'login' && user !== undefined && time.monotonic() - heard >= ponderedMs
        ? new MillraceError('MR305', `${endpoint.text} refuses user '${user}': it closed the connection without an answer to the login`)
        : socketError(endpoint, error, opened)
    const abort = () => end(new MillraceError('MR307', `${endpoint.text} is no longer wanted`))
    settings.signal?.addEventListener('abort', abort)
    const cancelQuiet = time.after(quietMs, () => settings.onQuiet?.(silence(endpoint, stage, user)))
    const forget = () => {
      cancel()
      cancelQuiet()
      settings.signal?.removeEventListener('abort', abort)
    }
    const container = createContainer({ id: containerId, onError: error => end(lostError(error)) })
    const open: NonNullable<ConnectionOptions['connect']> = (port, host, _options, connected) => {
      const names = endpoint.tls ? { ...tls, ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}) } : {}
      socket = endpoint.tls
        ? connectTls({ host, port, minVersion: 'TLSv1.2', ...names }, connected)
        : connectTcp({ host, port, noDelay: true }, connected)
      watch(socket)
      return guardSocket(socket, guardLimits, time, violation => end(protocolFault(endpoint, new Error(violation.message))))
    }
    const watch = (raw: Socket) => {
      let head: Buffer = Buffer.alloc(0)
      const inspect = (data: Buffer) => {
        head = Buffer.concat([head, data.subarray(0, 64)])
        const foreign = foreignProtocol(head)
        if (foreign !== undefined) end(new MillraceError('MR306', `${endpoint.text} does not speak AMQP 1.0: ${foreign}`))
        else if (sasl && head.length >= 5 && head[4] === 0) end(new NoSaslLayer())
        if (head.length < 8) return
        raw.removeListener('data', inspect)
        stage = 'login'
      }
      raw.on('data', () => {
        heard = time.monotonic()
      })
      raw.on('data', inspect)
      raw.on('connect', () => {
        stage = 'connected'
      })
      let failure: Error | undefined
      raw.on('error', error => {
        failure = error
      })
      raw.on('close', () => {
        // rhea stops its timers at `end` or `error`; a socket that we destroyed raises neither.
        raw.emit('end')
        end(lostError(failure))
      })
    }
    const anonymous = tls.cert !== undefined && endpoint.tls ? {} : { username: 'anonymous' }
    const connection = container.create_connection({
      host: endpoint.host,
      port: endpoint.port,
      hostname: endpoint.host,
      container_id: containerId,
      reconnect: false,
      idle_time_out: idleTimeoutMs,
      max_frame_size: 65_536,
      session_buffer_size: { incoming: 16_384, outgoing: 2_048 },
      connect: open,
      ...(sasl ? (user === undefined ? anonymous : { username: user, ...(password === undefined ? {} : { password }) }) : {}),
      ...(tls.cert === undefined ? {} : { cert: tls.cert, enable_sasl_external: true }),
    })
    const gone = (reason: AmqpError | undefined) => end(refusal(endpoint, user, reason, opened))
    connection.on('connection_open', () => {
      opened = true
      forget()
      resolve({
        connection,
        endpoint,
        onLost: listener => {
          lost = listener
          if (ended) listener(ended.error, ended.fatal)
        },
        destroy: () => socket?.destroy(),
      })
    })
    connection.on('connection_error', context => gone(context.error ?? connection.error))
    connection.on('connection_close', () => gone(connection.error))
    connection.on('protocol_error', error => end(protocolFault(endpoint, error as unknown as Error)))
    connection.on('error', error => end(lostError(error as unknown as Error)))
    connection.on('disconnected', context => end(lostError(context.error)))
    connection.on('session_error', () => log.warn(`${endpoint.text} ended a session`))
    connection.on('session_close', () => {})
    connection.connect()
  })
}

const protocolFault = (endpoint: Endpoint, error: Error): MillraceError =>
  new MillraceError('MR306', `${endpoint.text} breaks the AMQP 1.0 protocol: ${error.message}`, { cause: error })
