import { isUtf8 } from 'node:buffer'

/** A remedy for a header that is written in no way which UTF-8 and CSV know. Undefined: nothing is known to be wrong with it. */
export function headerRemedy(record: Uint8Array): string | undefined {
  if (record.includes(0)) return 'It holds zero bytes, as UTF-16 does: save it as "CSV UTF-8".'
  return isUtf8(record) ? undefined : 'Its header is not UTF-8: save it as "CSV UTF-8".'
}
