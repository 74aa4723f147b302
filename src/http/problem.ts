import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { DashboardProblem } from '../dashboard/parse-dashboard.js'
import { catalogue, type ErrorCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'

/** An error as RFC 9457 shows it, with Millrace's code and a remedy. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly hint: string
  /** Everything wrong with a dashboard definition. */
  readonly problems?: readonly DashboardProblem[]
}

/** The HTTP status of each code that a request can meet; any other error is a failure of ours. */
const statuses: Partial<Record<ErrorCode, number>> = {
  MR505: 403,
  MR506: 400,
  MR507: 400,
  MR508: 400,
  MR509: 400,
  MR510: 404,
  MR511: 413,
  MR512: 405,
  MR513: 503,
  MR514: 409,
  MR516: 404,
  MR517: 400,
  MR520: 422,
  MR521: 413,
  MR545: 403,
  MR546: 403,
  MR547: 409,
  MR548: 401,
  MR549: 429,
  MR470: 404,
  MR471: 503,
  MR472: 409,
  MR473: 409,
  MR474: 409,
  MR475: 503,
}

/** The HTTP status of an error. */
export const statusOf = (code: ErrorCode): number => statuses[code] ?? 500

/** The problem document of an error. */
export function problemOf(error: MillraceError, status = statusOf(error.code)): Problem {
  return {
    type: `urn:millrace:error:${error.code}`,
    title: catalogue[error.code].title,
    status,
    detail: error.message,
    code: error.code,
    hint: error.hint,
  }
}

export const problemContentType = 'application/problem+json; charset=utf-8'

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(problem.status).header('content-type', problemContentType).header('cache-control', 'no-store').send(JSON.stringify(problem))

/** What Fastify says of a request that it does not understand, or that is too much for it. */
export const malformed = (message: string, status = 400): Problem =>
  problemOf(new MillraceError(status === 413 || status === 414 ? 'MR521' : 'MR517', message), status)

/** Turns whatever a route threw into a problem document; what is not an error of the client is logged, and its text kept from the client. */
export function errorHandler(log: Log) {
  return (error: FastifyError | MillraceError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = error instanceof MillraceError ? statuses[error.code] : undefined
    if (error instanceof MillraceError && known !== undefined) {
      if (known === 503) reply.header('retry-after', '5')
      return sendProblem(reply, problemOf(error))
    }
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
    if (status >= 400 && status < 500) return sendProblem(reply, malformed(error.message, status))
    log.error('a request failed', { method: request.method, url: request.url, error: error.stack ?? error.message })
    return sendProblem(reply, problemOf(new MillraceError('MR515', 'the answer could not be made')))
  }
}

/** What no route answers: 405 for methods that would change something, 404 otherwise. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendProblem(reply.header('allow', 'GET, HEAD'), problemOf(new MillraceError('MR512', `${request.method} is not offered`)))
  }
  const path = request.url.split('?', 1)[0]!.slice(0, 200)
  const formats = /\/(rows|dead-letters)(\.[^/]*)?$/.test(path)
  return sendProblem(
    reply,
    problemOf(
      new MillraceError('MR510', `there is nothing at ${path}`, {
        hint: formats ? 'the formats are json, ndjson and, for rows, csv and arrow' : 'the routes are listed at /openapi.json',
      }),
    ),
  )
}
