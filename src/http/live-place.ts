import { createHash } from 'node:crypto'

/**
 * What event ids begin with: the run of the server and the set of views that is followed, since a place in another run or
 * set means nothing.
 */
export function placePrefix(epoch: string, views: readonly string[] | 'all'): string {
  const set = views === 'all' ? '*' : [...new Set(views)].sort().join()
  return `${epoch}${createHash('sha1').update(set).digest('hex').slice(0, 6)}`
}

/** The offset of an event id of this prefix; undefined for any other text. */
export function placeOf(id: string | undefined, prefix: string): number | undefined {
  const match = /^(.+):(\d{1,15})$/.exec(id ?? '')
  return match?.[1] === prefix ? Number(match[2]) : undefined
}
