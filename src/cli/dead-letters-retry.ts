import { confirm, isCancel } from '@clack/prompts'
import pc from 'picocolors'
import type { DeadLetter } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { printable } from '../model/printable.js'
import type { DeadLetterFilter } from '../runtime/host.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { counted } from './counted.js'
import { liveDeadLetters } from './dead-letters-live.js'
import { InspectApi } from './inspect-api.js'
import { inspectUrl } from './inspect-url.js'
import { onShutdown } from './shutdown.js'
import { writeOut } from './write-out.js'

/** Requests at a time: a process holds 256 retries at most, and they share a sync of the disk. */
const atOnce = 16
/** Failures that are told one by one. */
const mostTold = 20
/** Real ms between two words of progress. */
const progressMs = 500

export interface DeadLettersRetryOptions extends Pick<DeadLetterFilter, 'job' | 'code' | 'source'> {
  readonly url?: string
  readonly limit: number
  readonly yes?: boolean
  readonly json?: boolean
}

/** What became of one retry. */
interface Outcome {
  readonly id: string
  readonly outcome: 'counted' | 'refused-again' | 'not-taken'
  /** Of the new letter, or of the error. */
  readonly code?: string
  readonly reason?: string
  readonly newId?: string
}

/**
 * `millrace dead-letters retry [ID…]`: takes messages in again, those named, or all that fit; says what has counted and
 * what was refused again. Gives the exit code, 1 where any of them has not counted.
 *
 * @throws MR601 nothing is named, MR478 nobody can be asked, MR476, MR477
 */
export async function retryDeadLetters(named: readonly string[], options: DeadLettersRetryOptions): Promise<number> {
  const api = new InspectApi(inspectUrl(options.url))
  const ids = named.length > 0 ? await known(named, api) : await wanted(api, options)
  if (ids === undefined) return 1
  const outcomes = await retried(ids, api)
  const sum = (outcome: Outcome['outcome']): number => outcomes.filter(one => one.outcome === outcome).length
  const [taken, again, refused] = [sum('counted'), sum('refused-again'), sum('not-taken')]
  if (options.json) {
    const left = ids.length - outcomes.length
    await writeOut(`${JSON.stringify({ counted: taken, refusedAgain: again, notTaken: refused, left, letters: outcomes })}\n`)
  } else await writeOut(summary(outcomes, ids.length))
  return taken === ids.length ? 0 : 1
}

/** Nothing is begun where nobody answers. */
async function known(ids: readonly string[], api: InspectApi): Promise<readonly string[]> {
  await api.list('/dead-letters.json?limit=1')
  return [...new Set(ids)]
}

/** Those that fit and can be retried, oldest first, when whoever asks has agreed; undefined where not. */
async function wanted(api: InspectApi, { job, code, source, limit, yes }: DeadLettersRetryOptions): Promise<readonly string[] | undefined> {
  if (job === undefined && code === undefined && source === undefined) {
    throw new MillraceError('MR601', 'nothing says which letters to retry', {
      hint: 'name their ids, or say --code MR201, --source NAME or --job NAME',
    })
  }
  const { letters, more } = await liveDeadLetters(api).list({
    limit,
    retryable: true,
    ...(job !== undefined && { job }),
    ...(code !== undefined && { code: code.toUpperCase() }),
    ...(source !== undefined && { source }),
  })
  const count = counted(letters.length, 'dead letter')
  if (more) process.stderr.write(`${pc.dim(`the newest ${limit} of them: --limit says how many at a time`)}\n`)
  if (letters.length > 0 && !yes && !(await agreed(count))) return undefined
  return letters.map(({ id }) => id).reverse()
}

async function agreed(count: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new MillraceError('MR478', `${count} would be taken in again`)
  const answer = await confirm({ message: `Take ${count} in again?`, output: process.stderr })
  return !isCancel(answer) && answer
}

async function retried(ids: readonly string[], api: InspectApi): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  let stopped = false
  let told = systemTime.monotonic()
  const forget = onShutdown(() => {
    stopped = true
  })
  const work = async (): Promise<void> => {
    while (next < ids.length && !stopped) {
      const outcome = await one(ids[next++]!, api)
      outcomes.push(outcome)
      // Nobody is there any more: the rest is not even tried.
      if (outcome.code === 'MR476') stopped = true
      if (!process.stderr.isTTY || systemTime.monotonic() - told < progressMs) continue
      told = systemTime.monotonic()
      process.stderr.write(`\r${pc.dim(`${outcomes.length} of ${ids.length}`)}\u001b[K`)
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work))
  } finally {
    forget()
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
  return outcomes
}

async function one(id: string, api: InspectApi): Promise<Outcome> {
  try {
    const path = `/dead-letters/${encodeURIComponent(id)}`
    const { refusedAgain } = await api.post<DeadLetter>(`${path}/retry`)
    if (refusedAgain === undefined) return { id, outcome: 'counted' }
    const { code, reason } = await api.get<DeadLetter>(`/dead-letters/${encodeURIComponent(refusedAgain)}`)
    return { id, outcome: 'refused-again', code, reason, newId: refusedAgain }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { id, outcome: 'not-taken', code: error.code, reason: error.message }
  }
}

function summary(outcomes: readonly Outcome[], asked: number): string {
  const failed = outcomes.filter(({ outcome }) => outcome !== 'counted')
  const lines = failed.slice(0, mostTold).map(({ id, outcome, code, reason = '', newId }) => {
    const what = outcome === 'refused-again' ? `refused again as ${newId}` : 'not taken'
    return `${pc.bold(printable(id))}  ${pc.yellow(code ?? '')}  ${what}: ${printable(reason.split('\n')[0]!)}`
  })
  if (failed.length > mostTold) lines.push(`… ${failed.length - mostTold} more; --json lists all`)
  const again = failed.filter(({ outcome }) => outcome === 'refused-again').length
  const left = asked - outcomes.length
  const parts = [
    `${outcomes.length - failed.length} of ${asked} counted`,
    ...(again > 0 ? [`${again} refused again`] : []),
    ...(failed.length > again ? [`${failed.length - again} not taken`] : []),
    ...(left > 0 ? [`${left} not tried`] : []),
  ]
  return `${[...lines, parts.join(', ')].join('\n')}\n`
}
