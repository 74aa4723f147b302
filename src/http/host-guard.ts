import { isIP } from 'node:net'
import { MillraceError } from '../model/errors/millrace-error.js'

/** True for addresses and names that never leave this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** The host part of a Host header, lower case, without port and brackets; undefined where it is malformed. */
export function hostName(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header)
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '')
}

/**
 * A check of Host headers against DNS rebinding: a foreign page can make a name of its own resolve to this server, but
 * not make the browser send another Host. Loopback names and the bound address pass; with remote readers allowed also
 * every literal address, which needs no resolving.
 */
export function hostGuard(bound: string, allowRemote: boolean): (header: string | undefined) => void {
  return header => {
    const name = header === undefined ? undefined : hostName(header)
    if (name !== undefined && (isLoopback(name) || name === bound.toLowerCase() || (allowRemote && isIP(name) !== 0))) return
    throw new MillraceError('MR505', `the host '${(header ?? '').slice(0, 100)}' is not served here`)
  }
}
