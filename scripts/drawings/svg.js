/** A picture of `width` × `height` on paper of its own, so that it reads on light and dark pages alike. */
export const picture = (width, height, title, parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${width}" height="${height}" rx="12" fill="#fbfaf7"/>
${parts.flat(9).join('\n')}
</svg>
`

export const ink = '#22303c'
export const pale = '#5d6a75'
export const hair = '#d8d4ca'
export const water = '#1f6fb2'
export const amber = '#a35c00'
export const red = '#b3261e'
export const green = '#2e7d4f'

const n = value => Number(value.toFixed(1))

export const text = (x, y, words, { fill = ink, anchor = 'start', size = 13, weight = 400 } = {}) =>
  `<text x="${n(x)}" y="${n(y)}" fill="${fill}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
export const line = (x1, y1, x2, y2, stroke = hair, { width = 1, dash = '' } = {}) =>
  `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${stroke}" stroke-width="${width}"${dash && ` stroke-dasharray="${dash}"`}/>`
export const box = (x, y, width, height, fill, { stroke = 'none', opacity = 1, round = 3 } = {}) =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, width))}" height="${n(height)}" rx="${round}" fill="${fill}" stroke="${stroke}" opacity="${opacity}"/>`
export const dot = (x, y, fill, radius = 3) => `<circle cx="${n(x)}" cy="${n(y)}" r="${radius}" fill="${fill}"/>`
export const path = (points, stroke, width = 2) =>
  `<polyline points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`

/** A linear scale from `[from, to]` to `[start, end]`. */
export const scale =
  ([from, to], [start, end]) =>
  value =>
    start + ((value - from) / (to - from)) * (end - start)
/** `14:03`, or `14:03:20`. */
export const clock = (ms, seconds = false) => new Date(ms).toISOString().slice(11, seconds ? 19 : 16)
