import type { Guarantee } from '../model/guarantee.js'

/**
 * A guarantee as a block of text for a terminal: the label, each sink's own where they differ, then why.
 *
 * @example
 * printGuarantee({ level: 'none', label: 'no guarantee over a crash', why: ['there is no data folder'] })
 * // guarantee  no guarantee over a crash
 * // why        there is no data folder
 */
export function printGuarantee({ label, why, sinks = [] }: Guarantee): string {
  const shown = sinks.filter(sink => sinks.some(other => other.label !== sink.label))
  const rows = [
    ['guarantee', label],
    ...shown.map(sink => [`  ${sink.sink}`, sink.label]),
    ...why.map((reason, i) => [i === 0 ? 'why' : '', reason]),
  ]
  const width = Math.max(...rows.map(([head]) => head!.length))
  return rows.map(([head, text]) => `${head!.padEnd(width)}  ${text}\n`).join('')
}
