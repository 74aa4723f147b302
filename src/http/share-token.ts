import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** True where both are the same; how long it takes tells nothing of where they differ. */
export const sameToken = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/** Cookies know no ports: two Millraces on one machine must not take each other's. */
export const cookieName = (request: IncomingMessage): string => `millrace-share-${request.socket.localPort ?? 0}`

/** `/` and the token in capitals: an address that a QR code packs into two thirds of the room. */
const scanned = /^\/([0-9A-F]{32})$/

/** An address without its token, given as parameter `token` or as the whole path in capitals, and that. */
export function withoutToken(url: string): { readonly url: string; readonly token: string | undefined } {
  const path = scanned.exec(url)?.[1]
  if (path !== undefined) return { url: '/', token: path.toLowerCase() }
  const at = url.indexOf('?')
  if (at < 0) return { url, token: undefined }
  // Piece by piece: the rest must stay as it was sent.
  const pieces = url.slice(at + 1).split('&')
  const rest = pieces.filter(piece => !piece.startsWith('token='))
  const token = pieces.find(piece => piece.startsWith('token='))?.slice('token='.length)
  return { url: url.slice(0, at) + (rest.length > 0 ? `?${rest.join('&')}` : ''), token }
}

/** A token sent as `Authorization: Bearer`, or else as the cookie of this server. */
export function tokenOfHeaders(request: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')
  if (bearer) return bearer[1]
  const name = `${cookieName(request)}=`
  const cookie = (request.headers.cookie ?? '').split(';').map(part => part.trim())
  return cookie.find(part => part.startsWith(name))?.slice(name.length)
}
