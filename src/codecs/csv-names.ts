import { CsvCells } from './csv-cells.js'
import type { Problem } from './problem.js'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The names in a header record. */
export function csvNames(bytes: Uint8Array, start: number, end: number, delimiter: number): readonly string[] | Problem {
  const cells = new CsvCells(delimiter, 0)
  const fault = cells.split(bytes, start, end)
  if (fault) return fault
  return Array.from({ length: cells.count }, (_, c) => {
    const name = utf8.decode(bytes.subarray(cells.starts[c]!, cells.ends[c]!))
    return cells.quoted[c] === 2 ? name.replaceAll('""', '"') : name
  })
}
