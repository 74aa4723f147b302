import { describe, expect, test } from 'vitest'
import { timeTicks } from './time-ticks.js'

const second = 1000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2010, 4, 10, 14, 3)

const from = (first: number, count: number, step: number, clock = now): readonly string[] =>
  timeTicks({ ticks: Array.from({ length: count }, (_, i) => first + i * step), step, now: clock })

describe('the words under a time axis', () => {
  test('today has times alone, with seconds where ticks are that near', () => {
    expect(from(Date.UTC(2010, 4, 10, 13, 30), 4, 10 * minute)).toEqual(['13:30', '13:40', '13:50', '14:00'])
    expect(from(Date.UTC(2010, 4, 10, 14), 3, 30 * second)).toEqual(['14:00:00', '14:00:30', '14:01:00'])
    expect(from(Date.UTC(2010, 4, 10, 14), 2, minute)).toEqual(['14:00', '14:01'])
  })

  test('another day than the clock’s is named once, with its year where that is another one', () => {
    expect(from(Date.UTC(2010, 4, 9, 13), 3, hour)).toEqual(['13:00\n9 May', '14:00', '15:00'])
    expect(from(Date.UTC(2004, 1, 28, 1), 3, hour)).toEqual(['01:00\n28 Feb 2004', '02:00', '03:00'])
  })

  test('midnight begins another day', () => {
    expect(from(Date.UTC(2010, 4, 9, 23), 3, hour)).toEqual(['23:00\n9 May', '00:00\n10 May', '01:00'])
    expect(from(Date.UTC(2010, 4, 9, 23), 3, hour, Date.UTC(2010, 4, 9, 23, 30))).toEqual(['23:00', '00:00\n10 May', '01:00'])
    expect(from(Date.UTC(2004, 11, 31, 18), 3, 6 * hour)).toEqual(['18:00\n31 Dec 2004', '00:00\n1 Jan 2005', '06:00'])
  })

  test('over days the ticks are days', () => {
    expect(from(Date.UTC(2010, 4, 7), 4, day)).toEqual(['7 May', '8 May', '9 May', '10 May'])
    expect(from(Date.UTC(2004, 11, 30), 4, day)).toEqual(['30 Dec 2004', '31 Dec', '1 Jan 2005', '2 Jan'])
  })

  test('where something else stands nothing is said, and the next tick says the day', () => {
    const ticks = [Date.UTC(2010, 4, 9, 13), Date.UTC(2010, 4, 9, 14)]
    expect(timeTicks({ ticks, step: hour, now, isTaken: tick => tick === ticks[0] })).toEqual(['', '14:00\n9 May'])
  })
})
