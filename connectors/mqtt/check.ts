import type { CheckResult, ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { dial } from './dial.js'
import { goodbye } from './goodbye.js'
import type { MqttBrokerOptions } from './options.js'
import { settingsOf } from './settings.js'

/**
 * Tries every endpoint for `validate`, under a client id of its own so that it takes over no session: a broker that is away
 * is a warning, one that refuses us an error.
 */
export async function checkBroker(
  options: MqttBrokerOptions,
  context: ConnectorContext,
  timeoutMs: number,
): Promise<readonly CheckResult[]> {
  try {
    const settings = settingsOf(options, context, '')
    const clientId = `millrace.check.${context.random.hex(8)}`
    const terms = { clean: true, expirySeconds: 0, receiveMaximum: 16, maxMessageBytes: 65_536 }
    return await Promise.all(
      settings.endpoints.map(async (endpoint): Promise<CheckResult> => {
        try {
          const dialed = await dial(endpoint, { ...settings, clientId, timeoutMs }, terms)
          await goodbye(dialed, context.time)
          return { ok: true, message: `${endpoint.text} answered as a broker of MQTT ${settings.version === 5 ? '5' : '3.1.1'}` }
        } catch (error) {
          return finding(error)
        }
      }),
    )
  } catch (error) {
    return [finding(error)]
  }
}

function finding(error: unknown): CheckResult {
  if (!(error instanceof MillraceError)) throw error
  return { ok: false, message: error.message, code: error.code, severity: error.action === 'stop' ? 'error' : 'warning' }
}
