import { describe, expect, it } from 'vitest'
import { ResultIds } from './result-ids.js'

describe('ResultIds', () => {
  it('counts what was received twice', () => {
    const ids = new ResultIds()
    for (const id of ['a', 'b', 'a', 'c', 'a']) ids.see(id)
    expect([ids.received, ids.repeated]).toEqual([5, 2])
  })

  it('remembers the last 20,000', () => {
    const ids = new ResultIds()
    for (let i = 0; i < 20_001; i++) ids.see(`${i}`)
    ids.see('1')
    expect(ids.repeated).toBe(1)
    ids.see('0')
    expect(ids.repeated).toBe(1)
  })
})
