import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SessionLedger } from './session-ledger.js'

describe('SessionLedger', () => {
  test('a first session is no loss, and has to be noted before anything else', () => {
    const ledger = new SessionLedger('me', undefined)
    expect(ledger.noted).toBeUndefined()
    expect(ledger.greeted(false, 1)).toBe(false)
    expect(ledger.loss).toBeUndefined()
    expect(ledger.text).toBe('{"session":"me"}')
  })

  test('what was noted is expected at the next start', () => {
    const { text } = new SessionLedger('me', undefined)
    expect(new SessionLedger('me', text).greeted(true, 1)).toBe(false)
    const next = new SessionLedger('me', text)
    expect(next.greeted(false, 1_000)).toBe(true)
    expect(next.loss).toEqual({ times: 1, at: 1_000 })
    expect(next.text).not.toBe(text)
  })

  test('another client id begins a session of its own; what was lost before stays lost', () => {
    const first = new SessionLedger('me', new SessionLedger('me', undefined).text)
    first.greeted(false, 1_000)
    const second = new SessionLedger('you', first.text)
    expect(second.greeted(false, 2_000)).toBe(false)
    expect(second.loss).toEqual({ times: 1, at: 1_000 })
    expect(second.text).not.toBe(first.text)
  })

  test.each(['', '{', 'null', '7', '"text"', '[]', '{}', '{"session":7}', '{"file":"a.csv","at":7}', '\0'])(
    'takes nothing from %j',
    text => {
      const ledger = new SessionLedger('me', text)
      expect(ledger.greeted(false, 1)).toBe(false)
      expect(ledger.loss).toBeUndefined()
    },
  )

  test('over any life of broker and process, each session that could hold messages is missed once', () => {
    const step = fc.constantFrom('connect', 'connect and subscribe', 'the broker forgets', 'a new process')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let now = 0
        // The broker: whether it has a session, and, as the oracle of what is owed, whether a lost one had been noted by then.
        let present = false
        let owed = false
        let missed = 0
        let ledger = new SessionLedger('me', undefined)
        for (const step of steps) {
          now++
          if (step === 'the broker forgets') present = false
          else if (step === 'a new process') {
            ledger = new SessionLedger('me', ledger.noted)
            owed = ledger.noted !== undefined
          } else {
            const lost = owed && !present
            expect(ledger.greeted(present, now)).toBe(lost)
            if (lost) missed++
            if (lost) owed = false
            present = true
            // The journal has it before the broker is asked for anything.
            ledger.noted = ledger.text
            if (step === 'connect and subscribe') {
              ledger.subscribing()
              owed = true
            }
          }
          expect(ledger.loss?.times ?? 0).toBe(missed)
        }
      }),
    )
  })
})
