import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { TimeSource } from '../model/seams.js'
import { hostGuard } from './host-guard.js'
import { problemOf } from './problem.js'
import { ShareAttempts } from './share-attempts.js'
import { admittedPage, strangersPage } from './share-pages.js'
import { cookieName, sameToken, tokenOfHeaders, withoutToken } from './share-token.js'

/** Who may look at a server from other machines. */
export interface Share {
  /** An address of this machine that others reach. */
  readonly host: string
  /** Asked for by name: if it is taken, that is an error. Undefined: the port of the owner's address, or a free one. */
  readonly port?: number
  /** What guests must bring: 128 random bits. */
  readonly token: string
}

/**
 * Admits the guests of a shared server: those who come by the shared address and bring its token, in the address (first;
 * a browser then gets it as a cookie), as `Authorization: Bearer`, or as that cookie. They may look and not act. Who comes
 * by the owner's address is not asked.
 */
export class ShareGuard {
  readonly #token: string
  readonly #checkHost: (header: string | undefined) => void
  readonly #attempts: ShareAttempts
  readonly #guests = new WeakSet<Socket>()
  readonly #tokens = new WeakMap<IncomingMessage, string>()

  constructor({ host, token }: Share, time: TimeSource) {
    this.#token = token
    this.#checkHost = hostGuard(host, false)
    this.#attempts = new ShareAttempts(time)
  }

  /** What comes by this connection comes from a guest. */
  guest(socket: Socket): void {
    this.#guests.add(socket)
  }

  isGuest(request: IncomingMessage): boolean {
    return this.#guests.has(request.socket)
  }

  /** The address that the routes see: without the token, which is no parameter of theirs. */
  readonly rewrite = (request: IncomingMessage): string => {
    const asked = request.url ?? '/'
    if (!this.isGuest(request)) return asked
    const { url, token } = withoutToken(asked)
    if (token !== undefined) this.#tokens.set(request, token)
    return url
  }

  /** Admits a guest's request, or answers it: 401 without the token, 429 after too many wrong ones, 403 for what would act. */
  readonly admit = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { raw } = request
    if (!this.isGuest(raw)) return void done()
    request.readOnly = true
    const sent = this.#tokens.get(raw)
    try {
      this.#checkHost(request.headers.host)
      this.#checkToken(raw.socket.remoteAddress ?? '', sent ?? tokenOfHeaders(raw))
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new MillraceError('MR546', 'this page was shared to be looked at; only its owner can act')
    } catch (error) {
      return void refuse(request, reply, error as MillraceError, done)
    }
    if (sent === undefined || !wantsHtml(request)) return void done()
    reply.header('set-cookie', `${cookieName(raw)}=${this.#token}; Path=/; HttpOnly; SameSite=Strict`)
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(admittedPage(request.url))
  }

  #checkToken(address: string, token: string | undefined): void {
    if (this.#attempts.blocked(address)) throw new MillraceError('MR549', 'too many wrong tokens came from your address')
    if (token === undefined) throw new MillraceError('MR548', 'its token is missing')
    if (sameToken(token, this.#token)) return
    this.#attempts.wrong(address, token)
    throw new MillraceError('MR548', 'its token is not the one that you brought')
  }
}

/** Strangers with a browser get a page; all else is a problem document. */
function refuse(request: FastifyRequest, reply: FastifyReply, error: MillraceError, done: (error: Error) => void): void {
  const { status, detail, hint } = problemOf(error)
  if (error.code === 'MR549') reply.header('retry-after', '60')
  if (!wantsHtml(request) || (status !== 401 && status !== 429)) return void done(error)
  reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(strangersPage(detail, hint))
}

const wantsHtml = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/html') ?? false
