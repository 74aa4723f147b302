import { MillraceError } from '../model/errors/millrace-error.js'

/** Where to listen; `named` when somebody asked for this very port, so that a taken one is an error. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly named: boolean
}

/**
 * Reads `HOST:PORT`, `:PORT` or `PORT`; port 0 takes a free one.
 *
 * @throws MR602 when it is none of these.
 */
export function listenAddress(text: string | undefined, standard: number): ListenAddress {
  if (text === undefined) return { host: '127.0.0.1', port: standard, named: false }
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535) throw new MillraceError('MR602', `'${text}' is not an address to listen on`)
  const host = match[1]?.replace(/^\[|\]$/g, '')
  return { host: host ? host : '127.0.0.1', port, named: port !== 0 }
}
