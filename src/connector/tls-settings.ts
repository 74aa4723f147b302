import { resolveText, type Text } from './secret.js'

/** PEM texts; `ca` adds authorities to trust. */
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
 * @throws MR304 for a variable that is not set.
 */
export function tlsSettings(options: TlsOptions | undefined, environment: Readonly<Record<string, string | undefined>>): TlsSettings {
  const { ca, cert, key, rejectUnauthorized = true } = options ?? {}
  return {
    ...(ca === undefined ? {} : { ca: resolveText(ca, environment) }),
    ...(cert === undefined ? {} : { cert: resolveText(cert, environment) }),
    ...(key === undefined ? {} : { key: resolveText(key, environment) }),
    rejectUnauthorized,
  }
}
