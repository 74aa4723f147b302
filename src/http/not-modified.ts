import type { FastifyReply, FastifyRequest } from 'fastify'

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')

/** Whether the reader has this answer already: weak comparison by RFC 9110 §13.1.2. */
const known = (asked: string, etag: string): boolean => asked.trim() === '*' || asked.split(',').some(tag => opaque(tag) === opaque(etag))

/**
 * Answers 304 to a reader that has the same already, by `If-None-Match`. Only what would be a success is looked at (RFC
 * 9110 §13.2.1): no error passes for something known. A 304 tells no length, which would be that of the answer left out
 * (§8.6). Files of the page answer for themselves.
 */
export async function notModified(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const asked = request.headers['if-none-match']
  const etag = reply.getHeader('etag')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const whole = typeof payload === 'string' || Buffer.isBuffer(payload)
  if (asked === undefined || typeof etag !== 'string' || reply.statusCode !== 200 || !reads || !whole || !known(asked, etag)) return payload
  reply.code(304).removeHeader('content-length')
  return null
}
