import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DeadLetter } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { actionGuard } from './action-guard.js'
import { booleanParameter, countParameter, parameterSchema, readParameters, refuseParameters, textParameter } from './parameters.js'
import { ndjsonRows } from './row-texts.js'
import type { ServerContext } from './server-context.js'

const parameters = {
  job: textParameter('only of this job'),
  source: textParameter('only of this source'),
  code: textParameter('only with this code, such as MR201'),
  retryable: booleanParameter('only those that can be taken in again, or cannot'),
  limit: countParameter('letters at most, newest first; 1,000 unless given; the header Millrace-More says whether there are more', 100_000),
}

/** `GET /dead-letters.{json,ndjson}`, `/dead-letters/{id}`, `/dead-letters/{id}/raw`, `POST /dead-letters/{id}/retry`: what was refused, why, its bytes, and once more. */
export function deadLetterRoutes(app: FastifyInstance, { host, time }: ServerContext): void {
  /** What is cut off by the limit is said in a header, never silently. */
  const find = (request: FastifyRequest, reply: FastifyReply): readonly DeadLetter[] => {
    const { limit = 1_000, ...filter } = readParameters(request.query, parameters, time.wall())
    const letters = host.deadLetters({ ...filter, limit: limit + 1 })
    reply.header('millrace-more', String(letters.length > limit))
    return letters.slice(0, limit)
  }
  const querystring = parameterSchema(parameters)

  app.get('/dead-letters.json', { schema: { summary: 'Dead letters, newest first', querystring } }, find)

  app.get('/dead-letters.ndjson', { schema: { summary: 'Dead letters, one a line', querystring } }, (request, reply) => {
    const lines = find(request, reply).map(letter => `${JSON.stringify(letter)}\n`)
    return reply.header('content-type', ndjsonRows.contentType).send(lines.join(''))
  })

  app.get<{ Params: { id: string } }>('/dead-letters/:id', { schema: { summary: 'One dead letter' } }, request => {
    refuseParameters(request.query)
    const { id } = request.params
    const letter = host.deadLetters({ id, limit: 1 }).find(found => found.id === id)
    if (!letter) throw unknown(id)
    return letter
  })

  app.get<{ Params: { id: string } }>('/dead-letters/:id/raw', { schema: { summary: 'The bytes of a dead letter' } }, (request, reply) => {
    refuseParameters(request.query)
    const bytes = host.deadLetterBytes(request.params.id)
    if (!bytes) throw unknown(request.params.id)
    // Whatever a device sent is never shown in the browser as a page of ours.
    reply.header('content-disposition', 'attachment; filename="dead-letter.bin"')
    return reply.header('content-type', 'application/octet-stream').send(Buffer.from(bytes))
  })

  app.post<{ Params: { id: string } }>(
    '/dead-letters/:id/retry',
    { schema: { summary: 'Take the message of a dead letter in again, once; needs the header millrace-action: 1' } },
    async request => {
      actionGuard(request)
      refuseParameters(request.query)
      const letter = await host.retryDeadLetter(request.params.id)
      if (!letter) throw unknown(request.params.id)
      return letter
    },
  )
}

const unknown = (id: string): MillraceError =>
  new MillraceError('MR510', `there is no dead letter '${id.slice(0, 64)}'`, {
    hint: 'They are listed at /api/v1/dead-letters.json, and by `millrace dead-letters ls`.',
  })
