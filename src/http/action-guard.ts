import type { FastifyRequest } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks may look and not act: a guest of a shared page. */
    readOnly: boolean
  }
}

/** The header that every request which acts must carry. */
export const actionHeader = 'millrace-action'

/**
 * Admits a request that acts. The header `millrace-action: 1` makes a browser ask before it sends such a request from a
 * page of another origin, and this server never grants that; so no foreign page can act in the user's name.
 *
 * @throws MR545 without the header, MR546 for who may only look.
 * @example
 * app.post('/demo/:action', request => {
 *   actionGuard(request)
 *   …
 * })
 */
export function actionGuard(request: FastifyRequest): void {
  if (request.readOnly) throw new MillraceError('MR546', 'this page was shared to be looked at; only its owner can act')
  if (request.headers[actionHeader] !== '1') throw new MillraceError('MR545', `the header ${actionHeader}: 1 is missing`)
}
