import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { MillraceError } from '../model/errors/millrace-error.js'
import { resolveText, type Text } from './secret.js'

/** PEM texts; `ca` holds the authorities to trust, instead of those that Node knows. */
export interface TlsOptions {
  readonly ca?: Text
  readonly cert?: Text
  readonly key?: Text
  /** False makes the connection open to anyone in between; it is logged as a warning at every start. */
  readonly rejectUnauthorized?: boolean
}

/** PEM texts, as the options and the environment say them together. */
export interface TlsSettings {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized: boolean
}

/**
 * Reads the TLS options of a connector, `tlsSettings(options.tls, context.env)`: whoever is not trusted is refused unless the
 * options say otherwise.
 *
 * @throws MR304 for a variable that is not set; MR315 for a text that is no PEM, or a certificate and a key that are no pair.
 * @example
 * tlsSettings(undefined, context.env).rejectUnauthorized // true
 */
export function tlsSettings(options: TlsOptions | undefined, environment: Readonly<Record<string, string | undefined>>): TlsSettings {
  const { rejectUnauthorized = true, ...texts } = options ?? {}
  const read = (text: Text | undefined) => (text === undefined ? undefined : resolveText(text, environment))
  const [ca, cert, key] = [read(texts.ca), read(texts.cert), read(texts.key)]
  // Each connection would fail of it anew, as if the peer were away; and an authority that is none is passed over without a word.
  const fault = faultOf(ca, cert, key)
  if (fault !== undefined) throw new MillraceError('MR315', `of the TLS options, ${fault}`)
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized,
  }
}

function faultOf(ca: string | undefined, cert: string | undefined, key: string | undefined): string | undefined {
  if (ca !== undefined) {
    const own = authorityFault(ca)
    if (own !== undefined) return own
  }
  if ((cert === undefined) !== (key === undefined)) return '`cert` and `key` are given together or not at all'
  if (cert === undefined || key === undefined) return undefined
  let isPair = false
  return (
    unread('`cert` cannot be read', () => createSecureContext({ cert })) ??
    unread('`key` cannot be read', () => createSecureContext({ key })) ??
    // OpenSSL itself takes two that are of different kinds.
    unread('`cert` and `key` are no pair', () => {
      isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
    }) ??
    (isPair ? undefined : '`cert` and `key` are no pair')
  )
}

const certificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/

function authorityFault(ca: string): string | undefined {
  const [, ...bodies] = ca.split(certificate)
  if (bodies.length === 0) return '`ca` holds no certificate in PEM'
  for (const body of bodies) {
    const end = body.indexOf('-----END')
    if (end < 0) return '`ca` cannot be read: one of its certificates is cut short'
    const fault = unread('`ca` cannot be read', () => new X509Certificate(Buffer.from(body.slice(0, end), 'base64')))
    if (fault !== undefined) return fault
  }
  return undefined
}

/** What OpenSSL says of it, which never quotes the text. */
function unread(what: string, read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return `${what}: ${(error as Error).message}`
  }
}
