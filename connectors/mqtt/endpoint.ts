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
 * Reads a broker's URL: `mqtt://` (port 1883) or `mqtts://` (TLS, port 8883), user and password percent-encoded.
 *
 * @throws MR322 when it is none; the message does not repeat the password.
 * @example
 * parseEndpoint('mqtts://me:p%40ss@broker').port // 8883
 */
export function parseEndpoint(url: string): Endpoint {
  const bad = (why: string) => new MillraceError('MR322', `'${shown(url)}' is no MQTT broker's URL: ${why}`)
  if (!/^mqtts?:/i.test(url)) throw bad('it begins with neither mqtt:// nor mqtts://')
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw bad('it cannot be read')
  }
  if (parsed.hostname === '') throw bad('it names no host')
  if ((parsed.pathname !== '' && parsed.pathname !== '/') || parsed.search !== '' || parsed.hash !== '')
    throw bad('something follows the port; the topic is an option of its own')
  const tls = parsed.protocol === 'mqtts:'
  const port = parsed.port === '' ? (tls ? 8883 : 1883) : Number(parsed.port)
  const part = (text: string) => (text === '' ? undefined : decoded(text, bad))
  return {
    text: `${parsed.protocol}//${parsed.hostname}:${port}`,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    tls,
    user: part(parsed.username),
    password: part(parsed.password),
  }
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
