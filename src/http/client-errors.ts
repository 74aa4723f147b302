import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { OpenConnections } from './open-connections.js'
import { problemContentType, problemOf } from './problem.js'

function refusal({ code, message }: NodeJS.ErrnoException): { readonly status: number; readonly error: MillraceError } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, error: new MillraceError('MR521', 'the address and the headers are longer than 16 KiB together') }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, error: new MillraceError('MR517', 'the request was not whole within 30 s') }
  return { status: 400, error: new MillraceError('MR517', message) }
}

/** Answers what Node's reader of HTTP refuses, which no route sees, with a problem document, and closes the connection. */
export function clientErrorHandler(connections: () => OpenConnections) {
  return (cause: NodeJS.ErrnoException, socket: Socket): void => {
    // A text between the parts of another answer would be taken for one of these.
    if (socket.destroyed || !socket.writable || cause.code === 'ECONNRESET' || connections().owes(socket)) {
      socket.destroy()
      return
    }
    const { status, error } = refusal(cause)
    const body = JSON.stringify(problemOf(error, status))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${problemContentType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon())
  }
}
