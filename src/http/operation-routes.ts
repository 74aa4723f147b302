import type { FastifyInstance } from 'fastify'
import type { LiveHub } from './live-hub.js'
import { refuseParameters } from './parameters.js'
import type { RowStreams } from './row-streams.js'
import type { ServerContext } from './server-context.js'

const prometheusText = 'text/plain; version=0.0.4; charset=utf-8'

function serverMetrics(hub: LiveHub, streams: RowStreams): string {
  return [
    '# HELP millrace_live_readers Live readers that are connected.',
    '# TYPE millrace_live_readers gauge',
    `millrace_live_readers ${hub.readers.size}`,
    '# HELP millrace_live_readers_dropped_total Live readers disconnected because they read too slowly.',
    '# TYPE millrace_live_readers_dropped_total counter',
    `millrace_live_readers_dropped_total ${hub.readers.dropped}`,
    '# HELP millrace_live_waiting_bytes Bytes that live readers have not taken yet; what they share counts for each.',
    '# TYPE millrace_live_waiting_bytes gauge',
    `millrace_live_waiting_bytes ${hub.readers.waiting}`,
    '# HELP millrace_row_streams Long answers on their way.',
    '# TYPE millrace_row_streams gauge',
    `millrace_row_streams ${streams.size}`,
    '# HELP millrace_row_streams_stalled_total Answers cut off because their reader stood still.',
    '# TYPE millrace_row_streams_stalled_total counter',
    `millrace_row_streams_stalled_total ${streams.stalled}`,
    '',
  ].join('\n')
}

/** `/metrics`, `/healthz`, `/readyz`: for the machinery around a process. */
export function operationRoutes(
  app: FastifyInstance,
  { host, version }: ServerContext,
  hub: LiveHub,
  streams: RowStreams,
  more: () => string,
): void {
  app.get('/metrics', { schema: { summary: 'Figures for Prometheus' } }, async (request, reply) => {
    refuseParameters(request.query)
    const text = await host.metrics()
    return reply
      .header('content-type', prometheusText)
      .send(`${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${serverMetrics(hub, streams)}${more()}`)
  })

  app.get('/healthz', { schema: { summary: 'The process answers' } }, request => {
    refuseParameters(request.query)
    return { status: 'ok', version }
  })

  app.get(
    '/readyz',
    { schema: { summary: 'Every job runs and every source is attached; 503 with the reasons otherwise' } },
    (request, reply) => {
      refuseParameters(request.query)
      const readiness = host.readiness()
      return reply.code(readiness.ready ? 200 : 503).send(readiness)
    },
  )
}
