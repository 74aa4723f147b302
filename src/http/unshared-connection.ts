import type { ServerResponse } from 'node:http'
import { MillraceError } from '../model/errors/millrace-error.js'

/**
 * For answers that end when their reader leaves: one that is queued behind another on the same connection has no socket
 * yet, and Node never tells it that the connection was closed, so it would be held for ever.
 *
 * @throws MR517 for a request that did not wait for the answer before it.
 */
export function refuseQueued(response: ServerResponse): void {
  if (response.socket !== null) return
  throw new MillraceError('MR517', 'a stream was asked for on a connection that still waits for another answer', {
    hint: 'Open a connection for each stream.',
  })
}
