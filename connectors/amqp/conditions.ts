import type { AmqpError } from '../../src/amqp/rhea.js'
import type { ErrorCode } from '../../src/model/errors/catalogue.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'

/** What to do when the peer ends a link, session or connection: again with growing pauses, again every few seconds, or give up. */
export type Recovery = 'retry' | 'slow' | 'fatal'

interface Condition {
  readonly recovery: Recovery
  readonly code: ErrorCode
}

/**
 * Error conditions of AMQP 1.0 (part 2 §2.8.14–18) and of message routers. A condition that is not listed is retried:
 * giving up on a word that nobody knew would turn a passing fault into an outage.
 */
const conditions: Readonly<Record<string, Condition>> = {
  'amqp:not-found': { recovery: 'slow', code: 'MR308' },
  'qd:no-route-to-dest': { recovery: 'retry', code: 'MR313' },
  'qd:routed-link-lost': { recovery: 'retry', code: 'MR313' },
  'qd:link-expiration': { recovery: 'fatal', code: 'MR309' },
  'qd:forbidden': { recovery: 'fatal', code: 'MR309' },
  'qd:connection-role': { recovery: 'fatal', code: 'MR309' },
  'amqp:unauthorized-access': { recovery: 'fatal', code: 'MR309' },
  'amqp:not-allowed': { recovery: 'fatal', code: 'MR309' },
  'amqp:not-implemented': { recovery: 'fatal', code: 'MR309' },
  'amqp:invalid-field': { recovery: 'fatal', code: 'MR309' },
  'amqp:precondition-failed': { recovery: 'fatal', code: 'MR309' },
  'amqp:link:message-size-exceeded': { recovery: 'slow', code: 'MR313' },
  'amqp:link:redirect': { recovery: 'slow', code: 'MR313' },
  'amqp:resource-locked': { recovery: 'slow', code: 'MR313' },
  'amqp:resource-deleted': { recovery: 'slow', code: 'MR308' },
  'amqp:resource-limit-exceeded': { recovery: 'slow', code: 'MR313' },
  'amqp:link:detach-forced': { recovery: 'retry', code: 'MR313' },
  'amqp:link:stolen': { recovery: 'slow', code: 'MR313' },
  'amqp:connection:forced': { recovery: 'retry', code: 'MR313' },
}

const unknown: Condition = { recovery: 'retry', code: 'MR313' }

/** A peer's end of something, as an error with its code and the way to recover. */
export interface Ending {
  readonly error: MillraceError
  readonly recovery: Recovery
}

/**
 * Classifies the peer's reason.
 *
 * @param what the thing that ended, as the sentence begins: `the link to telemetry`.
 */
export function endingOf(what: string, reason: AmqpError | undefined): Ending {
  const { recovery, code } = conditions[reason?.condition ?? ''] ?? unknown
  const words = [reason?.condition, reason?.description].filter(word => word !== undefined && word !== null && word !== '')
  return { recovery, error: new MillraceError(code, `${what} was ended by the peer${words.length ? `: ${words.join(', ')}` : ''}`) }
}
