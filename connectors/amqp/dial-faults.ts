import type { AmqpError } from '../../src/amqp/rhea.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { endingOf } from './conditions.js'
import type { Endpoint } from './endpoint.js'

const certificateFaults = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_CERT|HOSTNAME_MISMATCH)/

/** A failure of the socket as an error with its code. */
export function socketError(endpoint: Endpoint, error: Error | undefined, opened: boolean): MillraceError {
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

/** What a peer that ends a connection means by it. */
export function refusal(endpoint: Endpoint, user: string | undefined, reason: AmqpError | undefined, opened: boolean): MillraceError {
  // Some brokers take the connection first and refuse it right after the open; some give no reason for a refused password.
  if (reason?.condition === 'amqp:unauthorized-access' || (!opened && reason?.condition === undefined)) {
    const who = user === undefined ? 'a connection without user and password' : `user '${user}'`
    const words = reason?.description?.startsWith('No suitable mechanism') ? `: ${reason.description}` : ''
    return new MillraceError('MR305', `${endpoint.text} refuses ${who}${words}`)
  }
  return endingOf(`the connection to ${endpoint.text}`, reason).error
}

/** How far an attempt has come. */
export type Stage = 'dialling' | 'connected' | 'login'

/** Why a peer that has not answered may be silent. */
export function silence(endpoint: Endpoint, stage: Stage, user: string | undefined): string {
  if (stage === 'login')
    return `${endpoint.text} has not answered the login of ${user === undefined ? 'an anonymous client' : `user '${user}'`}`
  if (stage === 'dialling') return `${endpoint.text} does not answer; perhaps it is down, or a firewall drops the connection`
  const other = endpoint.tls ? 'it speaks no TLS (amqp://)' : 'it wants TLS (amqps://)'
  return `${endpoint.text} took the connection and says nothing; perhaps ${other} or speaks another protocol`
}

/** The peer broke a rule of the wire. */
export const protocolFault = (endpoint: Endpoint, error: Error): MillraceError =>
  new MillraceError('MR306', `${endpoint.text} breaks the AMQP 1.0 protocol: ${error.message}`, { cause: error })
