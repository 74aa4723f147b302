import { MillraceError } from '../model/errors/millrace-error.js'
import { httpPort } from './process-options.js'

/**
 * Where the API of a running process is: `--url` as an address, a host and port, or a port alone; by default this machine and
 * the port that `run` takes.
 *
 * @throws MR601 where it is none of these.
 * @example
 * inspectUrl('8081') // 'http://127.0.0.1:8081'
 */
export function inspectUrl(text: string | undefined): string {
  if (text === undefined) return `http://127.0.0.1:${httpPort}`
  const whole = /^\d{1,5}$/.test(text) ? `http://127.0.0.1:${text}` : /^https?:\/\//.test(text) ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url?.search !== '' || url.hash !== '' || url.username !== '') {
    throw new MillraceError('MR601', `--url '${text}' is no address`, { hint: 'write --url http://127.0.0.1:8080' })
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}
