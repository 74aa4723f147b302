import { expect, test } from 'vitest'
import type { JobSummary } from '../../../src/model/api.js'
import { outageSentence } from './outage-sentence.js'

const job = (received: number, lastRecoveryMs?: number | null): JobSummary => ({
  id: 'plant',
  state: 'running',
  now: 0,
  derived: false,
  guarantee: { level: 'exactly-once', label: 'exactly once', why: [] },
  rate: 1,
  behind: 0,
  counts: { received, counted: received, late: 0, duplicate: 0, deadLettered: 0, skipped: 0, waiting: 0, results: 0 },
  attention: [],
  ...(lastRecoveryMs === undefined ? {} : { journal: { bytes: 1, unsynced: 0, behindSnapshot: 0, lastRecoveryMs } }),
})

test.each([
  [
    'the network was away',
    job(100, null),
    job(130, null),
    'Nothing lost: the job went on meanwhile, and what was missed has been read since.',
  ],
  ['a kill', job(100, null), job(130, 310), 'The job recovered in 0.3 s. Nothing lost: 100 messages before, 130 now.'],
  ['a second kill', job(100, 290), job(1300, 310), 'The job recovered in 0.3 s. Nothing lost: 100 messages before, 1,300 now.'],
  ['a kill, still reading', job(100, null), job(80, 310), 'The job recovered in 0.3 s and catches up: 80 of 100 messages are in again.'],
  ['a kill without a journal', job(100), job(3), 'The job began anew: it keeps no data folder.'],
])('after %s', (_, before, now, words) => {
  expect(outageSentence({ tookMs: 1420, before, wasKilled: false }, now)).toBe(`The connection was lost and is back after 1.4 s. ${words}`)
  expect(outageSentence({ tookMs: 1420, before, wasKilled: true }, now)).toBe(
    `The process was killed on purpose, and the next one answered after 1.4 s. ${words}`,
  )
})
