import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { refuseParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'

/** `GET /jobs`, `/jobs/{job}`, `/jobs/{job}/graph`: how the jobs fare. */
export function jobRoutes(app: FastifyInstance, { host }: ServerContext): void {
  const unknown = (id: string): MillraceError => {
    const ids = host.jobs().map(job => job.id)
    const near = nearest(id.slice(0, 64), ids)
    return new MillraceError('MR510', `there is no job '${id.slice(0, 64)}'`, {
      hint: near ? `did you mean '${near}'?` : `the jobs are ${ids.join(', ') || 'none yet'}`,
    })
  }

  app.get('/jobs', { schema: { summary: 'All jobs: state, rate, counts, guarantee and why' } }, request => {
    refuseParameters(request.query)
    return host.jobs()
  })

  app.get<{ Params: { job: string } }>('/jobs/:job', { schema: { summary: 'One job' } }, request => {
    refuseParameters(request.query)
    const job = host.jobs().find(summary => summary.id === request.params.job)
    if (!job) throw unknown(request.params.job)
    return job
  })

  app.get<{ Params: { job: string } }>(
    '/jobs/:job/graph',
    { schema: { summary: "A job's graph with rates, watermarks and who holds the flow back" } },
    request => {
      refuseParameters(request.query)
      const graph = host.graph(request.params.job)
      if (!graph) throw unknown(request.params.job)
      return graph
    },
  )
}
