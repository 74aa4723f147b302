import { describe, expect, it } from 'vitest'
import { possibleActions } from './demo-actions.js'

const all = { paused: false, unplugged: false, up: true, eventTime: true, ownBroker: true }
const named = (state: Partial<typeof all>): string =>
  possibleActions({ ...all, ...state })
    .map(({ action }) => action)
    .join()

describe('possibleActions', () => {
  it.each([
    [{}, 'pause,late,bad,duplicates,unplug,kill'],
    [{ paused: true }, 'resume,late,bad,duplicates,unplug,kill'],
    [{ unplugged: true }, 'pause,plug,kill'],
    [{ up: false }, 'pause,unplug'],
    [{ eventTime: false }, 'pause,bad,duplicates,unplug,kill'],
    [{ ownBroker: false }, 'pause,late,bad,duplicates,kill'],
  ])('%o: %s', (state, expected) => expect(named(state)).toBe(expected))

  it('never offers two things under one key', () => {
    for (const paused of [true, false])
      for (const unplugged of [true, false]) {
        const keys = possibleActions({ ...all, paused, unplugged }).map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
      }
  })
})
