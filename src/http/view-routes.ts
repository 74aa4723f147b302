import type { FastifyInstance } from 'fastify'
import type { ViewInfo } from '../model/api.js'
import { refuseParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { findView, viewNames } from './view-names.js'

/** `GET /views`, `/views/{view}`: columns, units, what is kept, watermark. */
export function viewRoutes(app: FastifyInstance, { host }: ServerContext): void {
  app.get('/views', { schema: { summary: 'All views: columns, units, what is kept, watermark' } }, request => {
    refuseParameters(request.query)
    return [...viewNames(host.views())].map(([name, view]): ViewInfo => ({ ...view.info(), id: name }))
  })

  app.get<{ Params: { view: string } }>('/views/:view', { schema: { summary: 'One view' } }, request => {
    refuseParameters(request.query)
    return findView(host.views(), request.params.view).info()
  })
}
