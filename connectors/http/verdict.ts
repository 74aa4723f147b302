import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Endpoint } from './endpoint.js'
import type { Answer } from './exchange.js'
import { retryAfterMs } from './retry-after.js'

/** What an answer means for the rows of its request. */
export type Verdict =
  | { readonly is: 'taken' }
  /** `divisible`: a part of the rows alone may be at fault. */
  | { readonly is: 'refused'; readonly reason: string; readonly divisible: boolean }
  /** Later; not before `afterMs`. */
  | { readonly is: 'later'; readonly error: MillraceError; readonly afterMs: number }
  /** Never, whatever is sent. */
  | { readonly is: 'never'; readonly error: MillraceError }

/** Request Timeout, Too Early, Too Many Requests: RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4. */
const laterStatus = [408, 425, 429]
/** Unauthorized, Forbidden, Proxy Authentication Required. */
const strangerStatus = [401, 403, 407]
/** Bad Request, Content Too Large, Unprocessable Content. */
const contentStatus = [400, 413, 422]
const conflict = 409

/**
 * Reads an answer: 2xx taken; 408, 425, 429 and 5xx later; 401, 403, 407 and 3xx never; any other 4xx refused.
 *
 * @param keepsKeys the peer keeps keys: then a conflict says that the first request with this key is still being worked on
 *   (draft-ietf-httpapi-idempotency-key-header §2.6).
 * @param conceal takes secrets out of what the peer said.
 */
export function verdictOf(
  { text: where }: Endpoint,
  { status, said, text, location, retryAfter, date }: Answer,
  { keepsKeys, conceal, wall }: { readonly keepsKeys: boolean; readonly conceal: (text: string) => string; readonly wall: number },
): Verdict {
  const words = printable(text, conceal)
  const reason = words === '' ? said : `${said}: ${words}`
  if (status >= 200 && status < 300) return { is: 'taken' }
  if (status >= 300 && status < 400) {
    const to = location === undefined ? '' : ` to ${printable(location.replace(/[?#].*/, ''), conceal)}`
    return { is: 'never', error: new MillraceError('MR343', `${where} answers ${said}${to}`) }
  }
  if (strangerStatus.includes(status)) return { is: 'never', error: new MillraceError('MR341', `${where} answers ${reason}`) }
  if (status >= 500 || status < 200 || laterStatus.includes(status) || (keepsKeys && status === conflict))
    return {
      is: 'later',
      error: new MillraceError('MR345', `${where} answers ${reason}`),
      afterMs: retryAfterMs(retryAfter, date, wall),
    }
  return { is: 'refused', reason, divisible: contentStatus.includes(status) }
}

const mostShown = 200

/** The beginning of what a peer said, on one line. Secrets go before it is cut: half of one would not be known again. */
const printable = (text: string, conceal: (text: string) => string): string => {
  const line = conceal(text)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > mostShown ? `${line.slice(0, mostShown)}…` : line
}
