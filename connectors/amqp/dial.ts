import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { DialAttempt, NoSaslLayer } from './dial-attempt.js'
import type { DialSettings } from './dial-settings.js'
import type { Dialed } from './dialed.js'
import type { Endpoint } from './endpoint.js'

/**
 * Opens one AMQP connection.
 *
 * @throws MR305 for refused credentials, MR306 for a server of another protocol, MR312 for an untrusted certificate, MR307 otherwise.
 */
export async function dial(endpoint: Endpoint, settings: DialSettings): Promise<Dialed> {
  const user = endpoint.user ?? settings.user
  try {
    return await new DialAttempt(endpoint, settings, true).dialed
  } catch (error) {
    // A server without a SASL layer answers with the plain AMQP header; an anonymous client may go on without.
    if (user === undefined && error instanceof NoSaslLayer) return new DialAttempt(endpoint, settings, false).dialed
    throw error instanceof NoSaslLayer
      ? new MillraceError('MR305', `${endpoint.text} offers no authentication, and user '${user}' was given`)
      : error
  }
}
