import { describe, expect, it } from 'vitest'
import type { ResultRow } from './compare-results.js'
import type { DueMessage } from './mote-replay.js'
import { MoteTally } from './mote-tally.js'

const minute = 60_000
const sent = (mote: number, at: number, fate: DueMessage['fate'] = 'counted'): DueMessage => ({
  due: at,
  id: `${mote}-${at}`,
  body: '',
  fate,
  mote,
  at,
})
const closed = (mote: number, end: number, n: number, view = 'climate'): ResultRow => ({
  view,
  key: `${mote} ${end}`,
  end,
  revision: 0,
  values: { mote, n },
})

describe('MoteTally', () => {
  const tally = new MoteTally()
  for (const at of [0, 5_000, 59_999, minute, minute + 5_000, 2 * minute]) tally.add(sent(1, at))
  for (const at of [0, minute]) tally.add(sent(2, at))
  tally.add(sent(1, 10_000, 'late'))
  tally.add(sent(1, 15_000, 'duplicate'))
  tally.add(sent(1, 20_000, 'refused'))
  const right = [closed(1, minute, 3), closed(2, minute, 1), closed(1, 2 * minute, 2), closed(2, 2 * minute, 1)]

  it('finds windows that hold exactly what was sent for them, and leaves open ones alone', () => {
    expect(tally.check(right, 0)).toEqual({ windows: 4, readings: 7, wrong: 0 })
    expect(tally.check(right, minute)).toEqual({ windows: 2, readings: 3, wrong: 0 })
    expect(tally.check([], 0)).toEqual({ windows: 0, readings: 0, wrong: 0 })
  })

  it('finds one that holds more or less, or is missing, and does not look at other views', () => {
    const [first, second, third, fourth] = right as [ResultRow, ResultRow, ResultRow, ResultRow]
    expect(tally.check([closed(1, minute, 4), second, third, fourth], 0)).toMatchObject({ wrong: 1 })
    expect(tally.check([closed(1, minute, 2), second, closed(1, 2 * minute, 3), fourth], 0)).toMatchObject({ wrong: 2 })
    expect(tally.check([first, third, fourth], 0)).toMatchObject({ wrong: 1 })
    expect(tally.check([...right, closed(1, 3 * minute, 99, 'trend')], 0)).toMatchObject({ windows: 4, wrong: 0 })
  })

  it('remembers the last thousand windows', () => {
    const long = new MoteTally()
    for (let i = 0; i < 1_500; i++) long.add(sent(1, i * minute))
    expect(long.check([closed(1, 1_500 * minute, 1)], 0).windows).toBe(1_000)
  })
})
