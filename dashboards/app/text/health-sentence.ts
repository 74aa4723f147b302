import type { JobSummary } from '../../../src/model/api.js'
import { codePieces } from './dead-letter-words.js'
import { clockTime, count, duration, moment, plural } from './format.js'

/** How the page hears from the server. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'silent'

/** A piece of the sentence: `strong` for figures, the others by meaning. Colour follows the meaning and never speaks alone. */
export interface Phrase {
  readonly text: string
  readonly tone: 'plain' | 'strong' | 'good' | 'wait' | 'act' | 'soft'
}

const plain = (text: string): Phrase => ({ text, tone: 'plain' })
const strong = (text: string): Phrase => ({ text, tone: 'strong' })

const states = {
  starting: { text: 'Starting', tone: 'soft' },
  running: { text: 'Running', tone: 'good' },
  waiting: { text: 'Waiting', tone: 'wait' },
  draining: { text: 'Draining', tone: 'wait' },
  stopped: { text: 'Stopped', tone: 'soft' },
  failed: { text: 'Failed', tone: 'act' },
} as const satisfies Record<JobSummary['state'], Phrase>

/** What is said before and after how long the server has not been heard. */
const unheard = {
  silent: ['Silent', ' for ', ''],
  reconnecting: ['Connection lost', ' ', ' ago; trying again'],
  killed: ['Killed on purpose', ' ', ' ago; the next process recovers from snapshot and journal'],
} as const

const shownFrom = ({ now }: JobSummary): readonly Phrase[] => [
  plain('. What you see is from '),
  strong(clockTime(now, true)),
  plain('; nothing shown is lost.'),
]

/**
 * One sentence of health, in the reader's order: state, rate, how far behind, what was lost, and the one thing that
 * needs a person, or else who holds the flow back. While the server is not heard, the sentence says that first and dates what it knows.
 *
 * @param isKilled the server had said that its process was about to be killed on purpose
 */
export const healthSentence = (
  job: JobSummary | undefined,
  connection: Connection,
  silentMs: number,
  culprit?: string,
  isKilled = false,
): readonly Phrase[] => {
  if (!job) {
    if (connection === 'connecting') return [{ text: 'Connecting', tone: 'soft' }, plain(' to the job.')]
    if (connection === 'live') return [{ text: 'No job', tone: 'soft' }, plain(' runs here yet.')]
    return [{ text: 'Disconnected.', tone: 'act' }, plain(' The server does not answer; trying again.')]
  }
  if (connection === 'reconnecting' || connection === 'silent') {
    const [word, before, after] = isKilled ? unheard.killed : unheard[connection]
    const since = strong(duration(Math.max(1000, Math.round(silentMs / 1000) * 1000)))
    return [{ text: word, tone: 'wait' }, plain(before), since, plain(after), ...shownFrom(job)]
  }
  if (isKilled) return [{ text: 'Killed on purpose', tone: 'wait' }, plain('; the next process recovers'), ...shownFrom(job)]
  const phrases: Phrase[] = [states[job.state]]
  if (job.state === 'failed') {
    if (!job.error) return [...phrases, plain('. ')]
    const { message, code, hint } = job.error
    return [...phrases, plain(': '), ...said(sentenceCase(message)), plain(' '), strong(code), plain('. '), ...said(hint)]
  }
  if (job.state === 'stopped') phrases.push(plain('. '), strong(count(job.counts.received)), plain(' messages were received. '))
  else {
    const rate = messageRate(job.rate)
    phrases.push(plain(' '), strong(rate), plain(` ${rate === '1' ? 'message' : 'messages'} a second`))
    if (job.behind === null) phrases.push(plain(', no result yet. '))
    else if (isDated(job.behind, rate))
      phrases.push(plain(', results up to '), strong(moment(job.now - job.behind, job.now, true)), plain('. '))
    else phrases.push(plain(', '), strong(duration(job.behind)), plain(' behind. '))
  }
  phrases.push(...losses(job))
  const first = job.attention[0] ?? culprit
  const others = job.attention.length > 1 ? ` And ${plural(job.attention.length - 1, 'other thing')}.` : ''
  if (first) phrases.push(plain(' '), { text: sentenceCase(first).replaceAll('`', '') + others, tone: 'wait' })
  return phrases
}

/** Old data, or a source that gives nothing: the results end there, but the job is not slow, as `behind` would say. */
const isDated = (behind: number, rate: string): boolean => behind >= 3_600_000 || (behind >= 60_000 && rate === '0')

/** Rates under ten keep one decimal: a slow sensor is not "0 a second". */
const messageRate = (perSecond: number): string => (perSecond < 9.95 ? String(Math.round(perSecond * 10) / 10) : count(perSecond))

const losses = (job: JobSummary): readonly Phrase[] => {
  const { late, deadLettered } = job.counts
  if (late === 0 && deadLettered === 0) return [plain('Nothing lost.')]
  const phrases: Phrase[] = []
  if (late > 0) phrases.push(strong(count(late)), plain(' came too late'))
  if (deadLettered > 0) {
    if (late > 0) phrases.push(plain(', '))
    phrases.push(strong(count(deadLettered)), plain(deadLettered === 1 ? ' was refused and kept' : ' were refused and kept'))
  }
  phrases.push(plain('.'))
  return phrases
}

/** What stands between backticks is set apart by its weight. */
const said = (text: string): readonly Phrase[] => codePieces(text).map(({ text: part, isCode }) => (isCode ? strong(part) : plain(part)))

const sentenceCase = (text: string): string => {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** The sentence as one string, for tests and announcements. */
export const sentenceText = (phrases: readonly Phrase[]): string => phrases.map(phrase => phrase.text).join('')
