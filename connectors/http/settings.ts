import { EnvironmentText, resolveText, type Text } from '../../src/connector/secret.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { type TlsSettings, tlsSettings } from '../../src/connector/tls-settings.js'
import { durationMs } from '../../src/model/duration.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type Endpoint, parseEndpoint } from './endpoint.js'
import { headerFault } from './headers.js'
import type { HttpSinkOptions } from './options.js'

/** Options and environment together. */
export interface Settings {
  readonly endpoint: Endpoint
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsSettings
  readonly timeoutMs: number
  /** Takes secrets out of a text that a peer said. */
  readonly conceal: (text: string) => string
}

const defaultTimeoutMs = 30_000
const loopback = /^(localhost|127\.|\[::1\])/

/** @throws MR340 for an address that is none, MR304 for a missing variable, MR347 for a header that cannot be sent. */
export function settingsOf(options: HttpSinkOptions, { env, log, id }: ConnectorContext): Settings {
  const secrets: string[] = []
  const resolve = (text: Text): string => {
    const value = resolveText(text, env)
    if (text instanceof EnvironmentText && text.secret) secrets.push(value)
    return value
  }
  const hidden = options.url instanceof EnvironmentText && options.url.secret
  const endpoint = parseEndpoint(resolve(options.url), hidden)
  // What is worth hiding of a webhook's address stands behind its host.
  if (hidden) secrets.push(`${endpoint.url.pathname}${endpoint.url.search}`)
  const headers: Record<string, string> = { 'user-agent': 'millrace' }
  for (const [name, text] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = resolve(text)
  if (options.bearer !== undefined) headers['authorization'] = `Bearer ${resolve(options.bearer)}`
  for (const [name, value] of Object.entries(headers)) {
    const fault = headerFault(name, value)
    if (fault !== undefined) throw new MillraceError('MR347', `the sink '${id}' ${fault}`)
  }
  const tls = tlsSettings(options.tls, env)
  if (endpoint.tls && !tls.rejectUnauthorized)
    log.warn(`TLS verification is off: anyone between this machine and ${endpoint.url.host} can read and change the data`, { id })
  if (!endpoint.tls && !loopback.test(endpoint.url.hostname) && secrets.length > 0)
    log.warn(`a secret for ${endpoint.url.host} crosses the network in the clear; use https://`, { id })
  const shown = secrets.filter(secret => secret.length > 1)
  return {
    endpoint,
    headers,
    tls,
    timeoutMs: options.timeout === undefined ? defaultTimeoutMs : durationMs(options.timeout),
    conceal: text => shown.reduce((said, secret) => said.replaceAll(secret, '…'), text),
  }
}
