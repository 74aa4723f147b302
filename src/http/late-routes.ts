import type { FastifyInstance } from 'fastify'
import { countParameter, parameterSchema, readParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { unknownJob } from './unknown-job.js'

const mostRows = 1_000
const parameters = { limit: countParameter('rows at most, newest first; 100 unless given', mostRows) }

/** `GET /jobs/{job}/late`: rows that came after their windows had closed, with the window that each missed. */
export function lateRoutes(app: FastifyInstance, { host, time }: ServerContext): void {
  app.get<{ Params: { job: string } }>(
    '/jobs/:job/late',
    {
      schema: {
        summary: 'Late rows, newest first, with the window that each has missed and by how many ms',
        description: `The newest ${mostRows.toLocaleString('en')} rows, 1 MiB at most, since the process began; how many there were in all is among the counts of the job.`,
        querystring: parameterSchema(parameters),
      },
    },
    (request, reply) => {
      const { limit = 100 } = readParameters(request.query, parameters, time.wall())
      const rows = host.lateRows(request.params.job, limit + 1)
      if (!rows) throw unknownJob(host, request.params.job)
      reply.header('millrace-more', String(rows.length > limit))
      return rows.slice(0, limit)
    },
  )
}
