import { MillraceError } from '../../src/model/errors/millrace-error.js'

/** One broker. `text` is safe to show: it has no user and no password. */
export interface Endpoint {
  readonly text: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly user: string | undefined
  readonly password: string | undefined
}

/**
 * Reads a broker's URL: `amqp://` (port 5672) or `amqps://` (TLS, port 5671), user and password percent-encoded.
 *
 * @throws MR303 when it is none; the message does not repeat the password.
 * @example
 * parseEndpoint('amqps://me:p%40ss@broker').port // 5671
 */
export function parseEndpoint(url: string): Endpoint {
  const bad = (why: string) => new MillraceError('MR303', `'${shown(url)}' is no broker URL: ${why}`)
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw bad('it cannot be read')
  }
  if (parsed.protocol !== 'amqp:' && parsed.protocol !== 'amqps:') throw bad('it begins with neither amqp:// nor amqps://')
  if (parsed.hostname === '') throw bad('it names no host')
  if ((parsed.pathname !== '' && parsed.pathname !== '/') || parsed.search !== '' || parsed.hash !== '')
    throw bad('something follows the port; the address is an option of its own')
  const tls = parsed.protocol === 'amqps:'
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = parsed.port === '' ? (tls ? 5671 : 5672) : Number(parsed.port)
  const part = (text: string) => (text === '' ? undefined : decoded(text, bad))
  const user = part(parsed.username)
  return { text: `${parsed.protocol}//${parsed.hostname}:${port}`, host, port, tls, user, password: part(parsed.password) }
}

/** A text that is no URL, without whatever may be a password in it: all before the last @, or after a colon that begins no port. */
const shown = (url: string): string =>
  url.includes('@') ? `…${url.slice(url.lastIndexOf('@'))}` : url.replace(/:(?!\/\/|\d{1,5}(?:[/?#]|$))[^/]*/, ':…')

function decoded(text: string, bad: (why: string) => MillraceError): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw bad('user or password is not percent-encoded')
  }
}
