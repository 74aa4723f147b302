import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { actionGuard } from './action-guard.js'
import type { AlertWatch } from './alert-watch.js'
import { countParameter, parameterSchema, readParameters, refuseParameters, textParameter } from './parameters.js'
import { jobClock, type ServerContext } from './server-context.js'

const parameters = {
  job: textParameter('only of this job'),
  state: textParameter('only in this state: firing, pending or resolved'),
  limit: countParameter('alerts at most; 1,000 unless given; the header Millrace-More says whether there are more', 100_000),
}

const states = ['firing', 'pending', 'resolved']

/** `GET /alerts`, `POST /alerts/{id}/acknowledge`: limits of dashboards that were passed. */
export function alertRoutes(app: FastifyInstance, context: ServerContext, watch: AlertWatch): void {
  const { book } = watch
  app.get(
    '/alerts',
    { schema: { summary: 'Alerts: firing first, critical first, newest first', querystring: parameterSchema(parameters) } },
    (request, reply) => {
      const { job, state, limit = 1_000 } = readParameters(request.query, parameters, context.time.wall())
      if (state !== undefined && !states.includes(state)) {
        throw new MillraceError('MR507', `state is '${state.slice(0, 40)}'`, { hint: `the states are ${states.join(', ')}` })
      }
      const found = book.alerts().filter(alert => (job ?? alert.job) === alert.job && (state ?? alert.state) === alert.state)
      reply.header('millrace-more', String(found.length > limit))
      return found.slice(0, limit)
    },
  )

  app.post<{ Params: { id: string } }>(
    '/alerts/:id/acknowledge',
    { schema: { summary: 'Say that somebody has seen an alert; needs the header millrace-action: 1' } },
    async request => {
      actionGuard(request)
      refuseParameters(request.query)
      const { id } = request.params
      const job = book.alerts().find(alert => alert.id === id)?.job
      const alert = job === undefined ? undefined : await watch.acknowledge(id, job, jobClock(context, job))
      if (!alert) {
        throw new MillraceError('MR510', `there is no alert '${id.slice(0, 64)}'`, {
          hint: 'it may be over; the alerts are at /api/v1/alerts',
        })
      }
      return alert
    },
  )
}
