import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'

/** Names that carry a hash of their content, as bundlers write them. */
const hashed = /[.-][A-Za-z0-9_]{8,}\.[a-z0-9]+$/

/** The page: static files of one folder; `/` is its index.html. */
export async function pageRoutes(app: FastifyInstance, folder: string | undefined): Promise<void> {
  const built =
    folder !== undefined &&
    (await access(join(folder, 'index.html'), constants.R_OK).then(
      () => true,
      () => false,
    ))
  if (!built) {
    app.get('/', { schema: { hide: true } }, () => {
      throw new MillraceError('MR516', 'the page is not built')
    })
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    index: ['index.html'],
    dotfiles: 'ignore',
    cacheControl: false,
    schemaHide: true,
    setHeaders: (reply, path) => {
      reply.setHeader('cache-control', hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
