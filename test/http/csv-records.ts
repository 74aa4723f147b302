/** The records of a CSV by RFC 4180, one by one, as a reader that takes an empty cell and `""` for the same sees them. */
export function* csvRecords(text: string): Generator<string[]> {
  let record: string[] = []
  for (const [, cell, end] of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy)) {
    record.push(cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!)
    if (end === ',') continue
    yield record
    record = []
  }
}
