import type { FastifyInstance } from 'fastify'
import { refuseParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { unknownJob } from './unknown-job.js'

/** `GET /jobs`, `/jobs/{job}`, `/jobs/{job}/graph`: how the jobs fare. */
export function jobRoutes(app: FastifyInstance, { host }: ServerContext): void {
  app.get('/jobs', { schema: { summary: 'All jobs: state, rate, counts, guarantee and why' } }, request => {
    refuseParameters(request.query)
    return host.jobs()
  })

  app.get<{ Params: { job: string } }>('/jobs/:job', { schema: { summary: 'One job' } }, request => {
    refuseParameters(request.query)
    const job = host.jobs().find(summary => summary.id === request.params.job)
    if (!job) throw unknownJob(host, request.params.job)
    return job
  })

  app.get<{ Params: { job: string } }>(
    '/jobs/:job/graph',
    { schema: { summary: "A job's graph with rates, watermarks and who holds the flow back" } },
    request => {
      refuseParameters(request.query)
      const graph = host.graph(request.params.job)
      if (!graph) throw unknownJob(host, request.params.job)
      return graph
    },
  )
}
