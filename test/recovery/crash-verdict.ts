import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeMessage } from '../../src/amqp/rhea.js'
import { type CrashStream, deviceName } from './crash-stream.js'
import type { ResultRow } from './result-queue.js'

/** Findings of one kind beyond this many are only counted. */
const most = 10

/** What is wrong, in words that name the identities; empty when all is well. */
export class Findings {
  readonly list: string[] = []
  readonly #counts = new Map<string, number>()

  add(kind: string, what: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    if (count <= most) this.list.push(`${kind}: ${what}`)
  }

  /** The findings, and how many more there are of each kind. */
  all(): string[] {
    return [...this.list, ...[...this.#counts].filter(([, n]) => n > most).map(([kind, n]) => `${kind}: ${n} in all`)]
  }
}

/** Places in a sum of powers of two, for a finding. */
const places = (sum: number): string => {
  const found: number[] = []
  for (let place = 0, rest = sum; rest >= 1; place++, rest = Math.floor(rest / 2)) if (rest % 2 >= 1) found.push(place)
  return found.join(' ')
}

/** Compares result rows with what the stream of a seed gives up to message `end`, whole windows only. */
export function judgeRows(stream: CrashStream, end: number, rows: readonly ResultRow[], findings: Findings): void {
  const found = new Map<string, ResultRow>()
  for (const row of rows) {
    const key = `${row.device} ${row.start}`
    if (row.device === 'closing') continue
    if (!row.final || row.revision !== 0) findings.add('not the first final row', `${key}: ${JSON.stringify(row)}`)
    if (found.has(key)) findings.add('a window twice', `${key}: ${JSON.stringify([found.get(key), row])}`)
    found.set(key, row)
  }
  for (const { device, start, n, identities } of stream.expected(end)) {
    const key = `${deviceName(device)} ${start}`
    const row = found.get(key)
    found.delete(key)
    if (!row) findings.add('a window is missing', key)
    else if (row.n !== n || row.identities !== identities) {
      const sums = `counted ${row.n}, in places ${places(row.identities)}; sent ${n}, in places ${places(identities)}`
      findings.add('another set of identities', `${key}: ${sums}`)
    }
  }
  for (const key of found.keys()) findings.add('a window of nothing that was sent', key)
}

/** Compares the dead letters of a data folder, over all restarts, with the bad messages below `end`, byte for byte. */
export async function judgeDeadLetters(stream: CrashStream, end: number, dataDir: string, findings: Findings): Promise<number> {
  const expected = new Set<string>()
  for (let i = 0; i < end; i++) if (stream.kind(i) === 'bad') expected.add(String(i))
  const count = expected.size
  const ids = new Set<string>()
  for (const name of ['dead-letters.1.ndjson', 'dead-letters.ndjson'])
    for (const line of (await readFile(join(dataDir, name), 'utf8').catch(() => '')).split('\n')) {
      if (line === '') continue
      const letter = JSON.parse(line) as { readonly id: string; readonly bytes: string }
      if (ids.has(letter.id)) findings.add('a dead letter id twice', letter.id)
      ids.add(letter.id)
      const bytes = Buffer.from(letter.bytes, 'base64')
      const id = String(decodeMessage(bytes).message_id)
      if (!expected.delete(id)) findings.add('a dead letter that is none, or came twice', `${letter.id}: message ${id}`)
      else if (!carries(bytes, stream.message(Number(id), false))) findings.add('a dead letter with other bytes', `message ${id}`)
    }
  for (const id of expected) findings.add('a dead letter is missing', `message ${id}`)
  return count
}

/** The bare message is immutable (part 3 §3.2); a broker may put header and annotations before it. */
function carries(bytes: Buffer, bare: Uint8Array): boolean {
  const before = bytes.length - bare.length
  const section = bytes[2] ?? 0
  return before >= 0 && (before === 0 || (section >= 0x70 && section <= 0x72)) && bytes.subarray(before).equals(bare)
}
