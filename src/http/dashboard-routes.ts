import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { refuseParameters } from './parameters.js'

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

/** `GET /dashboards`, `/dashboards/{name}.json`: the definitions in a folder, read anew each time so that edits show. */
export function dashboardRoutes(app: FastifyInstance, folder: string | undefined): void {
  const names = async (): Promise<string[]> => {
    if (folder === undefined) return []
    const files = await readdir(folder).catch(() => [])
    return files.filter(file => file.endsWith('.json') && !file.endsWith('.schema.json')).map(file => file.slice(0, -5))
  }

  app.get('/dashboards', { schema: { summary: 'Names of the dashboards' } }, async request => {
    refuseParameters(request.query)
    return (await names()).filter(name => namePattern.test(name)).sort()
  })

  app.get<{ Params: { name: string } }>(
    '/dashboards/:name.json',
    { schema: { summary: 'The definition of a dashboard' } },
    async (request, reply) => {
      refuseParameters(request.query)
      const { name } = request.params
      if (folder === undefined || !namePattern.test(name) || !(await names()).includes(name)) {
        throw new MillraceError('MR510', `there is no dashboard '${name.slice(0, 64)}'`)
      }
      return reply.header('content-type', 'application/json; charset=utf-8').send(await readFile(join(folder, `${name}.json`)))
    },
  )
}
