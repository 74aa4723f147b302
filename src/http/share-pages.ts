/** The two pages that a guest may see before the page itself; no style, for the server gives a stranger no file. */

const escaped = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

const page = (head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}<title>Millrace</title></head><body>${body}</body></html>`

/** For who has no token, or a wrong one. */
export const strangersPage = (detail: string, hint: string): string =>
  page('', `<h1>This page is shared with guests</h1><p>${escaped(detail)}.</p><p>${escaped(hint)}</p>`)

/**
 * Leads on to the page without the token in its address. Not a redirect: a browser that came from a link on another site
 * would not send the cookie along with it (`SameSite=Strict`).
 */
export function admittedPage(url: string): string {
  // `//host` would be another server's.
  const path = escaped(url.replace(/^\/+/, '/'))
  return page(`<meta http-equiv="refresh" content="0;url=${path}">`, `<p><a href="${path}">Go on to the page</a></p>`)
}
