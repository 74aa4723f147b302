import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type LiveHub, mostViews } from './live-hub.js'
import { countParameter, listParameter, parameterSchema, readParameters } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { refuseQueued } from './unshared-connection.js'
import { findView, viewNames } from './view-names.js'

const parameters = {
  views: listParameter('names of views, joined by commas; all unless given'),
  rows: countParameter('rows of each snapshot; 5,000 unless given', 50_000),
}

/** `GET /live`: server-sent events of many views on one connection. */
export function liveRoutes(app: FastifyInstance, context: ServerContext, hub: LiveHub): void {
  const schema = {
    summary: 'Snapshot, then changes and progress of views, as server-sent events',
    description:
      'Event names: snapshot, upsert, progress (every 500 ms), alerts, reset; demo where the process is one. A reader that sends Last-Event-ID goes on where it was.',
    querystring: parameterSchema(parameters),
  }
  app.get('/live', { schema, exposeHeadRoute: false }, (request, reply) => {
    const { views, rows } = readParameters(request.query, parameters, context.time.wall())
    const all = context.host.views()
    const known = viewNames(all)
    if (views && views.length > mostViews)
      throw new MillraceError('MR507', `${views.length} views are asked for, at most ${mostViews} are served`)
    const names = views?.map(name => {
      const view = findView(all, name)
      return known.get(view.id) === view ? view.id : `${view.job}:${view.id}`
    })
    refuseQueued(reply.raw)
    hub.admit()
    reply.hijack()
    const response = reply.raw
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) response.setHeader(name, value)
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    })
    response.on('error', () => response.destroy())
    const last = request.headers['last-event-id']
    hub.attach(response, names ?? 'all', typeof last === 'string' ? last : undefined, rows, request.readOnly)
  })
  app.head('/live', { schema: { hide: true } }, (request, reply) => {
    const { views } = readParameters(request.query, parameters, context.time.wall())
    for (const name of views ?? []) findView(context.host.views(), name)
    reply.header('content-type', 'text/event-stream; charset=utf-8').send()
  })
}
