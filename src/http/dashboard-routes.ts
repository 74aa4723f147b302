import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { DashboardFiles } from './dashboard-files.js'
import { refuseParameters } from './parameters.js'
import { problemOf, sendProblem } from './problem.js'

/**
 * `GET /dashboards`, `/dashboards/{name}.json`: the definitions, looked at anew each time so that edits show. One with
 * mistakes is answered with a problem document whose `problems` name them all, each with `at`, `message`, `hint`, `line`
 * and `column`.
 */
export function dashboardRoutes(app: FastifyInstance, files: DashboardFiles): void {
  const description = 'The ETag is another one whenever a definition came, changed or went: an open page looks at it to follow edits.'
  app.get('/dashboards', { schema: { summary: 'Names of the dashboards', description } }, async (request, reply) => {
    refuseParameters(request.query)
    await files.refresh()
    reply.header('etag', `W/"${files.version}"`)
    return files.names
  })

  app.get<{ Params: { name: string } }>(
    '/dashboards/:name.json',
    { schema: { summary: 'The definition of a dashboard, or everything wrong with it' } },
    async (request, reply) => {
      refuseParameters(request.query)
      await files.refresh()
      const { name } = request.params
      const file = files.get(name)
      if (!file) {
        const near = nearest(name.slice(0, 64), files.names)
        const hint = near ? `did you mean '${near}'?` : 'a job without a dashboard gets a page derived from its views'
        throw new MillraceError('MR510', `there is no dashboard '${name.slice(0, 64)}'`, { hint })
      }
      if (file instanceof MillraceError) return sendProblem(reply, { ...problemOf(file, 422), problems: [] })
      if ('dashboard' in file.reading) return reply.header('content-type', 'application/json; charset=utf-8').send(file.text)
      const { code, problems } = file.reading
      const detail = `dashboards/${name}.json: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}`
      return sendProblem(reply, { ...problemOf(new MillraceError(code, detail), 422), problems })
    },
  )
}
