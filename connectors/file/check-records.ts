import type { DecoderSpec, Rejection } from '../../src/codecs/decoder.js'
import type { CheckResult } from '../../src/connector/source.js'
import type { Records } from './record-buffer.js'

/** Characters of a bad record that are shown. */
const sampleLength = 200

/** For `validate`: whether the first records of a file are rows of the schema; of those that would be dead letters the first of each kind. */
export function checkRecords(path: string, records: Records, decode: DecoderSpec<unknown>): readonly CheckResult[] {
  const decoder = decode.compile({ wanted: new Set(Object.keys(decode.schema.fields)), keyed: new Set() })
  const { rejected } = decoder.decode({ encoding: 'body', partition: 0, receipt: 0, ...records })
  const kinds = new Map<string, Rejection[]>()
  for (const rejection of rejected) {
    const kind = `${rejection.code} ${rejection.path ?? ''}`
    const found = kinds.get(kind)
    if (found) found.push(rejection)
    else kinds.set(kind, [rejection])
  }
  if (kinds.size === 0) return [{ ok: true, message: `${path} can be read` }]
  return [...kinds.values()].map(([first, ...others]) => {
    const { message, code, reason } = first!
    const more = others.length > 0 ? ` (and ${others.length} more of the first ${records.length} records)` : ''
    return {
      ok: false,
      severity: 'warning',
      code,
      message: `${path} line ${records.lines[message]}: ${reason}${more}`,
      notes: [`sample: ${sampleOf(records, message)}`],
    }
  })
}

function sampleOf({ bytes, starts, ends }: Records, record: number): string {
  const text = new TextDecoder().decode(bytes.subarray(starts[record], Math.min(ends[record]!, starts[record]! + 4 * sampleLength)))
  const line = text.trimEnd().replace(/[\r\n]+/g, '\\n')
  return line.length > sampleLength ? `${line.slice(0, sampleLength)}…` : line
}
