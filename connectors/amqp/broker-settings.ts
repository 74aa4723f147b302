import { resolveText, type Text } from '../../src/connector/secret.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { tlsSettings } from '../../src/connector/tls-settings.js'
import { durationMs } from '../../src/model/duration.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type Endpoint, parseEndpoint } from './endpoint.js'
import type { KeeperSettings } from './keeper.js'
import type { BrokerOptions } from './options.js'

const defaultIdleMs = 30_000

/** Whether the embedded node would serve: no URL in the options. The environment may still name a broker. */
export const wantsDefaultBroker = (options: BrokerOptions): boolean => options.url === undefined

/**
 * Options and environment together.
 *
 * @param containerId used unless the options name one.
 * @throws MR301 when no broker is named anywhere, MR303 for a URL that is none, MR304 for a missing variable.
 */
export function brokerSettings(options: BrokerOptions, context: ConnectorContext, containerId: string): KeeperSettings {
  const resolve = (text: Text | undefined) => (text === undefined ? undefined : resolveText(text, context.env))
  const tls = tlsSettings(options.tls, context.env)
  const given = givenUrls(options, context)
  const endpoints = endpointsOf(given, context)
  if (tls.rejectUnauthorized === false && endpoints.some(endpoint => endpoint.tls))
    context.log.warn('TLS verification is off: anyone between this machine and the broker can read and change the data', { id: context.id })
  const password = resolve(options.password)
  warnOfOpenPasswords(endpoints, password, context)
  return {
    endpoints,
    ownNode: given === context.embeddedNode,
    user: resolve(options.user),
    password,
    tls,
    containerId: options.containerId ?? containerId,
    idleTimeoutMs: options.idleTimeout === undefined ? defaultIdleMs : durationMs(options.idleTimeout),
    time: context.time,
    random: context.random,
    log: context.log,
  }
}

type Urls = NonNullable<BrokerOptions['url']>

function givenUrls(options: BrokerOptions, context: ConnectorContext): Urls {
  const given = options.url ?? context.env['MILLRACE_AMQP_URL'] ?? context.embeddedNode
  if (given === undefined) throw new MillraceError('MR301', `'${context.id}' of job '${context.job}' has no broker`)
  return given
}

function endpointsOf(given: Urls, context: ConnectorContext): readonly Endpoint[] {
  const list: readonly Text[] = typeof given === 'string' || 'name' in given ? [given] : given
  // A variable may hold a fail-over list, its URLs separated by commas.
  return list.flatMap(text => resolveText(text, context.env).split(/,(?=\s*amqps?:)/i)).map(url => parseEndpoint(url.trim()))
}

const loopback = /^(localhost|127\.|::1$|\[::1\]$)/

function warnOfOpenPasswords(endpoints: readonly Endpoint[], password: string | undefined, context: ConnectorContext): void {
  for (const endpoint of endpoints)
    if (!endpoint.tls && !loopback.test(endpoint.host) && (endpoint.password ?? password) !== undefined)
      context.log.warn(`the password for ${endpoint.text} crosses the network in the clear; use amqps://`, { id: context.id })
}
