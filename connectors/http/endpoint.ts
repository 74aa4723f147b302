import { MillraceError } from '../../src/model/errors/millrace-error.js'

/** Where rows are posted to. `text` is safe to show: it has no query, and no path where the whole is a secret. */
export interface Endpoint {
  readonly text: string
  readonly url: URL
  readonly tls: boolean
}

/**
 * Reads an address: `http://` or `https://`, with path and query.
 *
 * @param secret its path is not shown either: webhooks carry their key there.
 * @throws MR340 when it is none; the message repeats neither user, password nor query.
 * @example
 * parseEndpoint('https://example.com/hook?key=1').text // 'https://example.com/hook'
 */
export function parseEndpoint(address: string, secret = false): Endpoint {
  const bad = (why: string) => new MillraceError('MR340', `${secret ? 'the secret' : `'${shown(address)}'`} is no HTTP address: ${why}`)
  if (!URL.canParse(address)) throw bad('it cannot be read')
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw bad('it begins with neither http:// nor https://')
  if (url.username !== '' || url.password !== '') throw bad('user and password belong into `headers` or `bearer`')
  if (url.hash !== '') throw bad('a part behind # is not sent')
  return { text: secret ? url.origin : `${url.origin}${url.pathname}`, url, tls: url.protocol === 'https:' }
}

/** A text that is no address, without whatever may be a password or a key in it. */
const shown = (address: string): string =>
  (address.includes('@') ? `…${address.slice(address.lastIndexOf('@'))}` : address).replace(/\?.*/, '?…')
