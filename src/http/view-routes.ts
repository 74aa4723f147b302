import type { FastifyInstance } from 'fastify'
import type { ViewInfo } from '../model/api.js'
import { readParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { findView, viewNames } from './view-names.js'

/** `GET /views`, `/views/{view}`: columns, units, what is kept, watermark. */
export function viewRoutes(app: FastifyInstance, { host, time }: ServerContext): void {
  app.get('/views', { schema: { summary: 'All views: columns, units, what is kept, watermark' } }, request => {
    readParameters(request.query, {}, time.wall())
    return [...viewNames(host.views())].map(([name, view]): ViewInfo => ({ ...view.info(), id: name }))
  })

  app.get<{ Params: { view: string } }>('/views/:view', { schema: { summary: 'One view' } }, request => {
    readParameters(request.query, {}, time.wall())
    return findView(host.views(), request.params.view).info()
  })
}
