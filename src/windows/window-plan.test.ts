import { describe, expect, it } from 'vitest'
import { hopping, sliding } from './hopping.js'
import { tumbling } from './tumbling.js'

describe('windows as plans', () => {
  it('are pure data in ms', () => {
    expect(tumbling('5s')).toEqual({ kind: 'tumbling', size: 5_000, every: 5_000, offset: 0 })
    expect(tumbling('1d', { offset: '-6h' })).toEqual({ kind: 'tumbling', size: 86_400_000, every: 86_400_000, offset: -21_600_000 })
    expect(hopping('5m', { every: '1m', offset: '1s' })).toEqual({ kind: 'hopping', size: 300_000, every: 60_000, offset: 1_000 })
    expect(sliding('7s', '3s')).toEqual(hopping('7s', { every: '3s' }))
  })

  it('refuses windows that cannot be', () => {
    const wrong = [
      () => tumbling('0s'),
      () => hopping('5s', { every: '0ms' }),
      () => hopping('1m', { every: '2m' }),
      () => hopping('1d', { every: '1ms' }),
      () => tumbling('5s', { offset: '5s' }),
      () => hopping('5m', { every: '1m', offset: '-1m' }),
    ]
    for (const make of wrong) expect(make).toThrow(expect.objectContaining({ code: 'MR192' }))
    expect(() => tumbling('1d', { zone: 'Europe/Berlin' } as never)).toThrow(
      expect.objectContaining({ code: 'MR159', message: 'tumbling has no option `zone`', hint: 'its options are offset' }),
    )
    expect(() => hopping('5m', { evry: '1m' } as never)).toThrow(expect.objectContaining({ code: 'MR159', hint: 'did you mean `every`?' }))
    expect(() => tumbling('1d', { offset: 6 as never })).toThrow(
      expect.objectContaining({ code: 'MR106', message: '`offset`: 6 is not a duration' }),
    )
    expect(() => tumbling('5 s' as never)).toThrow(expect.objectContaining({ code: 'MR106' }))
  })
})
