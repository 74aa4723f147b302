import type { ErrorCode } from '../../src/model/errors/catalogue.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'

interface Reason {
  readonly words: string
  readonly code: ErrorCode
}

/** Return codes of a CONNACK in MQTT 3.1.1 §3.2.2.3. */
const returnCodes: Readonly<Record<number, Reason>> = {
  1: { words: 'it does not speak MQTT 3.1.1', code: 'MR323' },
  2: { words: 'it refuses this client id', code: 'MR321' },
  3: { words: 'it is not available', code: 'MR307' },
  4: { words: 'wrong user or password', code: 'MR321' },
  5: { words: 'not authorised', code: 'MR321' },
}

/** Reason codes of MQTT 5 §2.4 that end or refuse a connection; what is not listed is retried. */
const reasonCodes: Readonly<Record<number, Reason>> = {
  128: { words: 'unspecified error', code: 'MR328' },
  129: { words: 'malformed packet', code: 'MR323' },
  130: { words: 'protocol error', code: 'MR323' },
  131: { words: 'implementation specific error', code: 'MR328' },
  132: { words: 'it does not speak MQTT 5 (version: 4 is MQTT 3.1.1)', code: 'MR323' },
  133: { words: 'it refuses this client id', code: 'MR321' },
  134: { words: 'wrong user or password', code: 'MR321' },
  135: { words: 'not authorised', code: 'MR321' },
  136: { words: 'server unavailable', code: 'MR307' },
  137: { words: 'server busy', code: 'MR307' },
  138: { words: 'banned', code: 'MR321' },
  139: { words: 'server shutting down', code: 'MR328' },
  140: { words: 'bad authentication method', code: 'MR321' },
  141: { words: 'keep alive timeout', code: 'MR328' },
  142: { words: 'session taken over', code: 'MR325' },
  144: { words: 'topic name invalid', code: 'MR328' },
  147: { words: 'receive maximum exceeded', code: 'MR328' },
  149: { words: 'packet too large', code: 'MR328' },
  151: { words: 'quota exceeded', code: 'MR328' },
  152: { words: 'administrative action', code: 'MR328' },
  154: { words: 'it keeps no retained messages', code: 'MR326' },
  155: { words: 'it does not do this QoS', code: 'MR326' },
  156: { words: 'use another server', code: 'MR328' },
  157: { words: 'server moved', code: 'MR328' },
  158: { words: 'it has no shared subscriptions', code: 'MR326' },
  159: { words: 'connection rate exceeded', code: 'MR307' },
}

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`
const unknown = (code: number): Reason => ({ words: `reason ${hex(code)}`, code: 'MR328' })

/** A connection that the broker answered with this code. */
export function refusal(endpoint: string, version: 4 | 5, code: number, user: string | undefined): MillraceError {
  // A broker of 3.1.1 answers the CONNECT of MQTT 5 with its own code 1.
  const reason =
    (version === 4 || code < 0x80 ? (version === 4 ? returnCodes[code] : reasonCodes[0x84]) : reasonCodes[code]) ?? unknown(code)
  const who = reason.code === 'MR321' ? (user === undefined ? ' a connection without user' : ` user '${user}'`) : ' the connection'
  return new MillraceError(reason.code, `${endpoint} refuses${who}: ${reason.words}`)
}

/** A connection that the broker ended with this code (MQTT 5). */
export function farewell(endpoint: string, code: number, text: string | undefined): MillraceError {
  const reason = reasonCodes[code] ?? unknown(code)
  const error = reason.code === 'MR307' || reason.code === 'MR323' || reason.code === 'MR326' ? 'MR328' : reason.code
  if (error === 'MR325')
    return new MillraceError('MR325', `another client with the same client id connected to ${endpoint}: ${reason.words}`)
  return new MillraceError(error, `${endpoint} ended the connection: ${reason.words}${text ? `, ${text}` : ''}`)
}

/** Words for the reason of a SUBACK or of a negative acknowledgement. */
export function reasonWords(code: number): string {
  const known: Readonly<Record<number, string>> = {
    128: 'refused',
    131: 'not accepted',
    135: 'not authorised',
    143: 'the filter is not accepted',
    144: 'the topic name is not accepted',
    145: 'the packet identifier is in use',
    149: 'the packet is too large',
    151: 'quota exceeded',
    153: 'the payload is not of its format',
    158: 'there are no shared subscriptions here',
    161: 'there are no subscription identifiers here',
    162: 'there are no wildcard subscriptions here',
  }
  return `${known[code] ?? 'refused'} (${hex(code)})`
}
