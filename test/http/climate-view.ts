import type { LiveRow } from '../../src/model/api.js'
import type { ColumnInfo } from '../../src/model/value-type.js'
import { LiveView } from '../../src/views/live-view.js'

/** The columns of the view `climate` in the README's job. */
export const climateSchema: readonly ColumnInfo[] = [
  { name: 'room', type: 'text', nullable: false },
  { name: 'mean', type: 'number', nullable: true, unit: '°C' },
  { name: 'peak', type: 'number', nullable: true, unit: '°C' },
  { name: 'n', type: 'integer', nullable: false },
  { name: 'window_start', type: 'timestamp', nullable: false },
  { name: 'window_end', type: 'timestamp', nullable: false },
  { name: 'final', type: 'boolean', nullable: false },
  { name: 'revision', type: 'integer', nullable: false },
]

/** Names that readers of CSV and JSON stumble over, beside ordinary ones. */
const names = [
  'kitchen',
  'Küche',
  'say "hi", twice',
  'two\nlines',
  '=cmd()',
  'NA',
  'null',
  '007',
  '1e5',
  'true',
  '<script>',
  ' a ',
  '温室 😀',
  '',
]
const rooms = Array.from({ length: 1000 }, (_, i) => names[i] ?? `room-${i}`)
const start = Date.UTC(2026, 0, 15)

/** The row of a place in time and room; every mean is another double, but some are null and some −0. */
function climateRow(minute: number, room: string, place: number): LiveRow {
  const mean = place % 89 === 1 ? -0 : 20 + Math.sin(place) * 7
  const none = place % 97 === 0
  const begin = start + minute * 60_000
  return [room, none ? null : mean, none ? null : Math.max(mean, 25.5), place % 50, begin, begin + 60_000, place % 3 !== 0, place % 2]
}

/** A view of so many rows, a thousand rooms a minute. */
export function climateView(rows: number): LiveView {
  const view = new LiveView({
    id: 'climate',
    job: 'hot-rooms',
    schema: climateSchema,
    windowed: true,
    keyColumns: ['room'],
    window: { size: 60_000, every: 60_000 },
    keep: null,
    maxBytes: 4 * 1024 ** 3,
  })
  view.restore(
    Array.from({ length: rows }, (_, i) => {
      const minute = Math.floor(i / rooms.length)
      return [...climateRow(minute, rooms[i % rooms.length]!, i), `${rooms[i % rooms.length]}/${minute}`, start + (minute + 1) * 60_000 - 1]
    }),
  )
  return view
}
