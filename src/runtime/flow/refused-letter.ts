import { outputRow } from '../../connector/output-row.js'
import { RefusedRows } from '../../connector/refused-rows.js'
import type { OutputBatch } from '../../connector/sink.js'
import type { MillraceError } from '../../model/errors/millrace-error.js'

/** Values of rows in one letter, as JSON; beyond that a letter has their ids alone. */
const mostCharacters = 1024 * 1024

/** What is kept of rows that a sink will never take: `{ sink, ids, rows }`, of those that were refused where the sink says which. */
export function refusedLetter(outputs: OutputBatch, error: MillraceError): Uint8Array {
  const refused = error instanceof RefusedRows ? new Set(error.ids) : undefined
  const ids: string[] = []
  const rows: string[] = []
  let characters = 0
  for (let row = 0; row < outputs.length; row++) {
    const id = outputs.ids[row]!
    if (refused && !refused.has(id)) continue
    ids.push(id)
    if (characters > mostCharacters) continue
    const text = JSON.stringify(outputRow(outputs, row))
    characters += text.length
    if (characters <= mostCharacters) rows.push(text)
  }
  const head = JSON.stringify({ sink: outputs.sink, ids })
  return new TextEncoder().encode(`${head.slice(0, -1)},"rows":[${rows.join(',')}]}`)
}
