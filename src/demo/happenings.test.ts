import { describe, expect, it } from 'vitest'
import { Happenings } from './happenings.js'

describe('Happenings', () => {
  it('keeps the last twenty, newest first, each with an id of its own', () => {
    const happenings = new Happenings()
    for (let i = 0; i < 30; i++) happenings.add('late', i, 'late burst', `the ${i}th`)
    expect(happenings.list.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => 29 - i))
    expect(new Set(happenings.list.map(({ id }) => id)).size).toBe(20)
  })

  it('says more of one, and nothing of one that is forgotten', () => {
    const happenings = new Happenings()
    const first = happenings.add('kill', 1, 'killed', 'Once.')
    happenings.extend(first, 'And again.')
    expect(happenings.list[0]?.sentence).toBe('Once. And again.')
    for (let i = 0; i < 20; i++) happenings.add('pause', i, 'paused', 'x')
    happenings.extend(first, 'Too late.')
    expect(happenings.list.every(({ sentence }) => sentence === 'x')).toBe(true)
  })
})
