import type { CheckResult, ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { brokerSettings } from './broker-settings.js'
import { dial } from './dial.js'
import type { BrokerOptions } from './options.js'

/** Tries every endpoint for `validate`: a broker that is away is a warning, one that refuses us an error. */
export async function checkBroker(options: BrokerOptions, context: ConnectorContext, timeoutMs: number): Promise<readonly CheckResult[]> {
  try {
    const settings = brokerSettings(options, context, `millrace.check.${context.random.hex(8)}`)
    return await Promise.all(
      settings.endpoints.map(async (endpoint): Promise<CheckResult> => {
        try {
          const dialed = await dial(endpoint, { ...settings, timeoutMs })
          const { product, version } = dialed.connection.properties ?? {}
          const name =
            [product, version].filter(part => typeof part === 'string').join(' ') || dialed.connection.container_id || 'an AMQP 1.0 peer'
          dialed.connection.close()
          context.time.after(1_000, () => dialed.destroy())
          return { ok: true, message: `${endpoint.text} answered as ${name}` }
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
