import { createHash } from 'node:crypto'

const mostCharacters = 200

/**
 * The key of a request: the id of its row, percent-encoded where a header cannot carry it; of several rows, or a very long id, a digest
 * of the ids. Equal rows give the equal key, in any process.
 *
 * @example
 * idempotencyKey(['job/sink/7/0']) // 'job/sink/7/0'
 */
export function idempotencyKey(ids: readonly string[]): string {
  const [only = ''] = ids
  // Half a surrogate pair has no percent-encoding.
  if (ids.length === 1 && only.length <= mostCharacters && !/\p{Surrogate}/u.test(only)) {
    const key = only.replace(/[^!-~]|%/gu, encodeURIComponent)
    if (key.length <= mostCharacters) return key
  }
  const digest = createHash('sha256')
  // A length before each: ids may hold any character.
  for (const id of ids) digest.update(`${id.length}:`).update(Buffer.from(id, 'utf16le'))
  return `sha256-${digest.digest('hex')}`
}
