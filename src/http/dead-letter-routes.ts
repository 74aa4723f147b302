import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DeadLetter } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { countParameter, parameterSchema, readParameters, refuseParameters, textParameter } from './parameters.js'
import { ndjsonRows } from './row-texts.js'
import type { ServerContext } from './server-context.js'

const parameters = {
  job: textParameter('only of this job'),
  source: textParameter('only of this source'),
  code: textParameter('only with this code, such as MR201'),
  limit: countParameter('letters at most, newest first; 1,000 unless given; the header Millrace-More says whether there are more', 100_000),
}

/** `GET /dead-letters.{json,ndjson}`, `/dead-letters/{id}/raw`: what was refused, why, and its bytes. */
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

  app.get<{ Params: { id: string } }>('/dead-letters/:id/raw', { schema: { summary: 'The bytes of a dead letter' } }, (request, reply) => {
    refuseParameters(request.query)
    const bytes = host.deadLetterBytes(request.params.id)
    if (!bytes) throw new MillraceError('MR510', `there is no dead letter '${request.params.id.slice(0, 64)}'`)
    // Whatever a device sent is never shown in the browser as a page of ours.
    reply.header('content-disposition', 'attachment; filename="dead-letter.bin"')
    return reply.header('content-type', 'application/octet-stream').send(Buffer.from(bytes))
  })
}
