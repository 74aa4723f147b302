import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Endpoint } from './endpoint.js'

const certificateFaults = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_CERT|HOSTNAME_MISMATCH)/

/** What the system says, in words. */
const words: Readonly<Record<string, (host: string) => string>> = {
  ECONNREFUSED: () => 'connection refused',
  ENOTFOUND: host => `there is no host of the name '${host}'`,
  EAI_AGAIN: host => `the name '${host}' cannot be looked up at present`,
  EHOSTUNREACH: () => 'no way leads to this host',
  ENETUNREACH: () => 'no way leads to this host',
  ETIMEDOUT: () => 'it does not answer',
}

/** The end of a socket as an error with its code. */
export function socketError(endpoint: Endpoint, error: Error | undefined, opened: boolean, connected: boolean): MillraceError {
  const { text, tls } = endpoint
  const code = (error as (Error & { code?: string }) | undefined)?.code ?? ''
  if (certificateFaults.test(code))
    return new MillraceError('MR312', `the certificate of ${text} is not trusted: ${error?.message}`, { cause: error })
  if (tls && /^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH)|^EPROTO/.test(code))
    return new MillraceError('MR323', `${text} answers, but not in TLS (use mqtt://)`, { cause: error })
  const options = error === undefined ? {} : { cause: error }
  if (opened)
    return new MillraceError('MR307', `the connection to ${text} was lost: ${error?.message ?? 'it closed the connection'}`, options)
  const hint = tls
    ? 'perhaps it speaks MQTT without TLS (mqtt://)'
    : 'perhaps it wants TLS (mqtts://), or speaks another version or protocol'
  const silent = connected && (error === undefined || code === 'ECONNRESET')
  const told = silent ? `it closed the connection without an answer; ${hint}` : words[code]?.(endpoint.host)
  const why = told ?? error?.message ?? 'closed'
  return new MillraceError('MR307', `${text} cannot be reached: ${why}`, options)
}
