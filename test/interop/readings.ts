/** A message of the fixture jobs. */
export interface Reading {
  readonly id: string
  readonly body: string
}

/** The start of the data: long past, so that no clock of a machine makes it skewed. */
export const dataStart = Date.parse('2024-03-01T00:00:00Z')

const rooms = ['attic', 'cellar', 'hall']

export interface MixOptions {
  readonly from?: number
  readonly count: number
  /** Ms of data time from one reading to the next. */
  readonly stepMs: number
  /** Put in front of each identity. */
  readonly prefix?: string
  /** Some readings are malformed, late or sent twice. */
  readonly mixed?: boolean
}

/** Readings of three rooms, and what must become of them. */
export interface Mix {
  readonly readings: readonly Reading[]
  /** Identities by room and start of window. */
  readonly windows: ReadonlyMap<string, readonly string[]>
  readonly counted: number
  readonly late: number
  readonly duplicate: number
  readonly deadLettered: number
}

export const windowKey = (room: string, start: number): string => `${room} ${new Date(start).toISOString()}`

const reading = (id: string, room: string, celsius: number, at: number): Reading => ({
  id,
  body: JSON.stringify({ room, id, celsius, at }),
})

/**
 * Makes readings; they are up to 400 ms out of order. Of a mix, every 29th is sent again some places later, every 31st is
 * malformed, every 37th is a minute late, and every 41st is colder than the job takes.
 */
export function mixOf({ from = 0, count, stepMs, prefix = 'r', mixed = false }: MixOptions): Mix {
  const readings: Reading[] = []
  const windows = new Map<string, string[]>()
  const tally = { counted: 0, late: 0, duplicate: 0, deadLettered: 0 }
  for (let n = from; n < from + count; n++) {
    const id = `${prefix}-${n}`
    const room = rooms[n % rooms.length]!
    const at = dataStart + n * stepMs - ((n * 7919) % 401)
    const settled = n > from + 50
    if (mixed && settled && n % 31 === 0) {
      readings.push({ id, body: n % 2 === 0 ? `{"room":"${room}","id":` : JSON.stringify({ room, id, celsius: 'warm', at }) })
      tally.deadLettered++
    } else if (mixed && settled && n % 37 === 0) {
      readings.push(reading(id, room, 20, at - 60_000))
      tally.late++
    } else if (mixed && n % 41 === 0) {
      readings.push(reading(id, room, -50, at))
      tally.counted++
    } else {
      readings.push(reading(id, room, 20 + (n % 10), at))
      tally.counted++
      const key = windowKey(room, Math.floor(at / 1000) * 1000)
      const ids = windows.get(key) ?? []
      ids.push(id)
      windows.set(key, ids)
    }
    if (mixed && settled && n % 29 === 0) {
      readings.push(readings[readings.length - 5]!)
      tally.duplicate++
    }
  }
  return { readings, windows, ...tally }
}

/** A reading an hour on, which closes every window before it; its own room `end` is nobody's. */
export const closing = (from: number, stepMs: number): Reading => reading(`end-${from}`, 'end', 20, dataStart + from * stepMs + 3_600_000)

/** Identities by room and window of result rows, `end` left out; throws where a window came twice. */
export function windowsOf(rows: Iterable<Readonly<Record<string, unknown>>>): Map<string, readonly string[]> {
  const windows = new Map<string, readonly string[]>()
  for (const row of rows) {
    if (row['room'] === 'end') continue
    const key = windowKey(String(row['room']), new Date(String(row['window_start'])).getTime())
    if (windows.has(key)) throw new Error(`window ${key} came twice`)
    windows.set(key, row['ids'] as readonly string[])
  }
  return windows
}

/** For comparing: windows in order, identities sorted. */
export const sorted = (windows: ReadonlyMap<string, readonly string[]>): Record<string, string[]> =>
  Object.fromEntries([...windows].map(([key, ids]) => [key, [...ids].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)))
