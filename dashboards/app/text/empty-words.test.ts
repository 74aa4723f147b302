import { expect, test } from 'vitest'
import type { JobSummary } from '../../../src/model/api.js'
import { emptyWords } from './empty-words.js'

const none = { received: 0, counted: 0, late: 0, duplicate: 0, deadLettered: 0, skipped: 0, waiting: 0, results: 0 }
const job = (counts: Partial<typeof none>, state: JobSummary['state'] = 'running'): JobSummary => ({
  id: 'plant',
  state,
  now: 0,
  derived: false,
  guarantee: { level: 'exactly-once', label: 'exactly once', why: [] },
  rate: 1,
  behind: null,
  counts: { ...none, ...counts },
  attention: [],
})

test.each([
  ['nothing has come', job({}), 'No message has come yet; the first result shows here.'],
  ['windows are open', job({ received: 9, counted: 9 }), 'No result yet; the first one shows here.'],
  [
    'all was late',
    job({ received: 1240, late: 1238, deadLettered: 2 }),
    'No result: what was read so far came too late for its window, 1,238 in all. Late rows tell by how much.',
  ],
  ['all was refused', job({ received: 12, deadLettered: 12 }), 'No result: all 12 messages so far were refused. Dead letters tell why.'],
  ['it failed', job({ received: 1, counted: 1 }, 'failed'), 'No result: the job failed before there was one.'],
  ['an empty file ended', job({}, 'stopped'), 'No result: no message came.'],
  ['a file ended', job({ received: 3, counted: 3 }, 'stopped'), 'No result came of what was read.'],
])('an empty chart says why: %s', (_, summary, words) => expect(emptyWords(summary)).toBe(words))

test('a job that is not known yet is not judged', () => expect(emptyWords(undefined)).toBe('Nothing is known of it yet.'))
