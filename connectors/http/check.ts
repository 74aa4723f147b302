import type { CheckResult, ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { Exchange } from './exchange.js'
import { exchangeFault } from './faults.js'
import type { HttpSinkOptions } from './options.js'
import { settingsOf } from './settings.js'
import { verdictOf } from './verdict.js'

/**
 * Asks the peer with OPTIONS, which changes nothing there (RFC 9110 §9.3.7), for `validate`: one that is away or busy is a warning, one
 * that refuses the credentials or sends us elsewhere an error. What it says to OPTIONS otherwise tells nothing of POST.
 */
export async function checkPeer(options: HttpSinkOptions, context: ConnectorContext, timeoutMs: number): Promise<readonly CheckResult[]> {
  let exchange: Exchange | undefined
  try {
    const { endpoint, headers, tls, conceal } = settingsOf(options, context)
    exchange = new Exchange(endpoint, tls, context.time)
    const { signal } = new AbortController()
    const asked = exchange.ask({ method: 'OPTIONS', headers, body: undefined, timeoutMs, signal })
    const answer = await asked.catch((thrown: unknown) => {
      throw exchangeFault(endpoint, thrown)
    })
    const verdict = verdictOf(endpoint, answer, { keepsKeys: false, conceal, wall: context.time.wall() })
    if (verdict.is === 'never') throw verdict.error
    // Some servers do not know the method, and say so with 501.
    if (verdict.is === 'later' && answer.status !== 501) throw verdict.error
    return [{ ok: true, message: `${endpoint.text} answers HTTP (${answer.said} to OPTIONS)` }]
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return [{ ok: false, message: error.message, code: error.code, severity: error.action === 'stop' ? 'error' : 'warning' }]
  } finally {
    exchange?.close()
  }
}
