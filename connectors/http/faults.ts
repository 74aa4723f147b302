import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Endpoint } from './endpoint.js'
import { ExchangeTimeout } from './exchange.js'

const certificateFaults = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_CERT|HOSTNAME_MISMATCH)/

/** An exchange without an answer, as an error with its code: MR312, MR344 or MR346. */
export function exchangeFault({ text, tls }: Endpoint, thrown: unknown): MillraceError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { code = '' } = error as Error & { readonly code?: string }
  const because = { cause: error }
  if (certificateFaults.test(code))
    return new MillraceError('MR312', `the certificate of ${text} is not trusted: ${error.message}`, because)
  if (tls && /^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH)|^EPROTO/.test(code))
    return new MillraceError('MR346', `${text} answers, but not in TLS (use http://)`, because)
  if (code.startsWith('HPE_'))
    return new MillraceError('MR346', `${text} answers, but not in HTTP/1.1 (${error.message}); perhaps it wants https://`, because)
  const why = error instanceof ExchangeTimeout ? error.message : (reasons[code] ?? (error.message || code || 'the connection was lost'))
  return new MillraceError('MR344', `${text} cannot be reached: ${why}`, because)
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'it closed the connection without an answer',
  ENOTFOUND: 'there is no host of this name',
}
