import { resolveText, type Text } from '../../src/connector/secret.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { type TlsSettings, tlsSettings } from '../../src/connector/tls-settings.js'
import { durationMs } from '../../src/model/duration.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../../src/model/seams.js'
import { type Endpoint, parseEndpoint } from './endpoint.js'
import type { MqttBrokerOptions } from './options.js'

/** Options and environment together. */
export interface Settings {
  readonly endpoints: readonly Endpoint[]
  readonly version: 4 | 5
  readonly clientId: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: TlsSettings
  readonly keepAliveMs: number
  readonly time: TimeSource
  readonly random: RandomSource
  readonly log: Log
}

const defaultKeepAliveMs = 30_000

/**
 * @param clientId used unless the options name one.
 * @throws MR320 when no broker is named anywhere, MR322 for a URL that is none, MR304 for a missing variable.
 */
export function settingsOf(options: MqttBrokerOptions, context: ConnectorContext, clientId: string): Settings {
  const { env, log, id } = context
  const resolve = (text: Text | undefined) => (text === undefined ? undefined : resolveText(text, env))
  const endpoints = endpointsOf(options, context)
  const tls = tlsSettings(options.tls, env)
  const password = resolve(options.password)
  if (!tls.rejectUnauthorized && endpoints.some(endpoint => endpoint.tls))
    log.warn('TLS verification is off: anyone between this machine and the broker can read and change the data', { id })
  for (const endpoint of endpoints)
    if (!endpoint.tls && !loopback.test(endpoint.host) && (endpoint.password ?? password) !== undefined)
      log.warn(`the password for ${endpoint.text} crosses the network in the clear; use mqtts://`, { id })
  return {
    endpoints,
    version: options.version ?? 5,
    clientId: resolve(options.clientId) ?? clientId,
    user: resolve(options.username),
    password,
    tls,
    keepAliveMs: options.keepAlive === undefined ? defaultKeepAliveMs : durationMs(options.keepAlive),
    time: context.time,
    random: context.random,
    log,
  }
}

const loopback = /^(localhost|127\.|::1$)/

function endpointsOf({ url }: MqttBrokerOptions, { env, id, job }: ConnectorContext): readonly Endpoint[] {
  const given = url ?? env['MILLRACE_MQTT_URL']
  if (given === undefined) throw new MillraceError('MR320', `'${id}' of job '${job}' has no MQTT broker`)
  const list: readonly Text[] = typeof given === 'string' || 'name' in given ? [given] : given
  // A variable may hold a fail-over list, its URLs separated by commas.
  return list.flatMap(text => resolveText(text, env).split(/,(?=\s*mqtts?:)/i)).map(text => parseEndpoint(text.trim()))
}
