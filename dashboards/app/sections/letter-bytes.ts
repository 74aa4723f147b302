import { element } from '../dom/element.js'
import { byteDump } from '../text/byte-dump.js'
import { byteSize, count } from '../text/format.js'

const mostShown = 2048

/** The bytes of a refused message, in hex and as text, fetched when somebody asks. */
export const letterBytes = async (id: string): Promise<HTMLElement> => {
  const href = `api/v1/dead-letters/${encodeURIComponent(id)}/raw`
  const bytes = await fetchBytes(href)
  if (!bytes) return element('p', { class: 'soft' }, 'The bytes are no longer kept.')
  const perLine = matchMedia('(max-width: 560px)').matches ? 8 : 16
  const lines = byteDump(bytes.subarray(0, mostShown), perLine).map(({ at, hex, text }) =>
    element('tr', {}, element('th', { scope: 'row' }, at), element('td', {}, hex), element('td', {}, text)),
  )
  const rest = bytes.length > mostShown ? `the first ${count(mostShown)} of ${count(bytes.length)} bytes` : byteSize(bytes.length)
  return element(
    'div',
    { class: 'dump' },
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Bytes in hex and as text' },
      element('table', {}, ...lines),
    ),
    element('p', { class: 'soft' }, `${rest} · `, element('a', { href, download: `dead-letter-${id}.bin` }, 'save them')),
  )
}

const fetchBytes = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    const response = await fetch(path)
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
  } catch {
    return undefined
  }
}
