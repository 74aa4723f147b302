/** Something to see: a letter, a digit, a sign. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * What a key is called: the text itself for names, `mote 1` for numbers, `room "  "` for a name in which there is nothing to see.
 *
 * @param name of its column
 */
export const keyWords = (name: string, value: unknown): string => {
  if (typeof value !== 'string') return `${name} ${value === null ? '(none)' : String(value)}`
  return visible.test(value) ? value : `${name} ${JSON.stringify(value)}`
}
