import etag from '@fastify/etag'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { alertMetrics } from './alert-metrics.js'
import { alertNotice } from './alert-notice.js'
import { alertRoutes } from './alert-routes.js'
import type { AlertWatch } from './alert-watch.js'
import { clientErrorHandler } from './client-errors.js'
import { dashboardRoutes } from './dashboard-routes.js'
import { deadLetterRoutes } from './dead-letter-routes.js'
import { type DemoControl, demoNotice } from './demo-control.js'
import { demoRoutes } from './demo-routes.js'
import { hostGuard } from './host-guard.js'
import { jobRoutes } from './job-routes.js'
import { lateRoutes } from './late-routes.js'
import { LiveHub } from './live-hub.js'
import type { LiveNotice } from './live-notice.js'
import { liveRoutes } from './live-routes.js'
import { notModified } from './not-modified.js'
import { OpenConnections } from './open-connections.js'
import { withAnswers } from './openapi-answers.js'
import { operationRoutes } from './operation-routes.js'
import { pageRoutes } from './page-routes.js'
import { refuseParameters } from './parameters.js'
import { errorHandler, malformed, notFoundHandler, sendProblem } from './problem.js'
import { rowRoutes } from './row-routes.js'
import { RowStreams } from './row-streams.js'
import type { ServerContext } from './server-context.js'
import type { ShareGuard } from './share-guard.js'
import { tapRoutes } from './tap-routes.js'
import { viewRoutes } from './view-routes.js'

export interface AppOptions {
  readonly context: ServerContext
  readonly pageDir: string | undefined
  /** Dashboards and the alerts of their limits. */
  readonly alerts: AlertWatch
  /** The address that the server is bound to, for the check of Host headers. */
  readonly bound: string
  readonly allowRemote: boolean
  /** Admits guests, where the server is shared. */
  readonly share: ShareGuard | undefined
  /** Where the process is a demo. */
  readonly demo?: DemoControl | undefined
  /** What live readers are told beside the views. */
  readonly notices?: readonly LiveNotice[]
  readonly mostReaders?: number | undefined
}

/** Scripts, styles and data from this server only; no inline code, no frames, no forms. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
}

/** All routes, not yet listening. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { context, share } = options
  const hub = new LiveHub(context, {
    notices: [alertNotice(options.alerts.book), ...(options.notices ?? []), ...(options.demo ? [demoNotice(options.demo)] : [])],
    mostReaders: options.mostReaders,
  })
  const streams = new RowStreams(context.time)
  const checkHost = hostGuard(options.bound, options.allowRemote)
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 300 },
    http: { maxHeaderSize: 16 * 1024 },
    ...(share && { rewriteUrl: share.rewrite }),
    frameworkErrors: (error, _, reply) => sendProblem(reply, malformed(error.message, error.statusCode)),
    clientErrorHandler: clientErrorHandler(() => connections),
  })
  const connections = new OpenConnections(app.server)
  // Queries are read by their own tables, which name what is wrong; the schemas are for the OpenAPI document.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  app.decorateRequest('readOnly', false)
  app.setErrorHandler(errorHandler(context.log))
  app.setNotFoundHandler(notFoundHandler)
  await app.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  })
  if (share) app.addHook('onRequest', share.admit)
  app.addHook('onRequest', async (request, reply) => {
    if (!request.readOnly) checkHost(request.headers.host)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-cache')
  })
  await app.register(etag, { weak: true, replyWith304: false })
  app.addHook('onSend', notModified)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Millrace', version: context.version, description: 'Live views, jobs and dead letters of one Millrace process.' },
    },
  })
  await app.register(
    async api => {
      viewRoutes(api, context)
      rowRoutes(api, context, streams)
      liveRoutes(api, context, hub)
      jobRoutes(api, context)
      lateRoutes(api, context)
      tapRoutes(api, context)
      deadLetterRoutes(api, context)
      dashboardRoutes(api, options.alerts.dashboards)
      alertRoutes(api, context, options.alerts)
      demoRoutes(api, options.demo)
    },
    { prefix: '/api/v1' },
  )
  await app.register(async root => {
    operationRoutes(root, context, hub, streams, () => alertMetrics(options.alerts.book))
    root.get('/openapi.json', { schema: { hide: true } }, request => {
      refuseParameters(request.query)
      return withAnswers(app.swagger(), share !== undefined)
    })
    await pageRoutes(root, options.pageDir)
  })
  app.addHook('preClose', async () => {
    hub.close()
    streams.close()
    connections.close()
  })
  return app
}
