import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { TapReader } from '../runtime/insight/taps.js'
import { parameterSchema, readParameters, textParameter } from './parameters.js'
import type { ServerContext } from './server-context.js'
import { unknownJob } from './unknown-job.js'
import { refuseQueued } from './unshared-connection.js'

const parameters = {
  from: textParameter('node that the rows leave'),
  to: textParameter('node that takes them in, such as view:climate'),
}

/** Ms between two signs of life where nothing passes. */
const heartbeat = 15_000
/** Bytes that may wait for a reader before it is dropped. */
const bufferBytes = 256 * 1024

/** `GET /jobs/{job}/tap`: what passes an edge of the graph, sampled, as server-sent events. */
export function tapRoutes(app: FastifyInstance, { host, time }: ServerContext): void {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const end of [...open]) end()
  })
  const schema = {
    summary: 'What passes an edge of the graph, as server-sent events: `tap` twice a second, five rows at most; `end` with the reason',
    description: 'Rows are shown as they pass, before they are durable, and with the columns that the job uses. Twenty readers at most.',
    querystring: parameterSchema(parameters),
    produces: ['text/event-stream'],
  }
  app.head<{ Params: { job: string } }>('/jobs/:job/tap', { schema: { hide: true } }, (request, reply) => {
    readParameters(request.query, parameters, time.wall())
    if (!host.graph(request.params.job)) throw unknownJob(host, request.params.job)
    return reply.header('content-type', 'text/event-stream; charset=utf-8').send()
  })
  app.get<{ Params: { job: string } }>('/jobs/:job/tap', { schema, exposeHeadRoute: false }, (request, reply) => {
    const { from, to } = readParameters(request.query, parameters, time.wall())
    if (from === undefined || to === undefined) {
      throw new MillraceError('MR507', 'an edge has two ends', { hint: 'write ?from=NODE&to=NODE; the nodes are those of the graph' })
    }
    const response = reply.raw
    refuseQueued(response)
    const write = (text: string): void => {
      response.write(text)
      if (response.writableLength > bufferBytes) response.destroy()
    }
    const frame = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    const reader: TapReader = {
      heard: event => write(frame('tap', event)),
      ended: reason => {
        write(frame('end', { reason }))
        response.end()
      },
    }
    const close = host.tap(request.params.job, from, to, reader)
    if (!close) throw unknownJob(host, request.params.job)
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) response.setHeader(name, value)
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    })
    write(': the tap is open\n\n')
    let cancel = (): void => {}
    const beat = (): void => {
      cancel = time.after(heartbeat, beat)
      write(':\n\n')
    }
    cancel = time.after(heartbeat, beat)
    const end = (): void => reader.ended('the server stops')
    open.add(end)
    response.on('error', () => response.destroy())
    response.on('close', () => {
      cancel()
      close()
      open.delete(end)
    })
  })
}
