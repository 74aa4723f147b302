import type { GuaranteeLevel } from '../../src/model/guarantee.js'
import { judgeAborted } from './judge-aborted.js'
import type { Message } from './message.js'
import type { ModelSink, SunkRow } from './model-sink.js'
import { hopMs, narrowMs, type Scenario, wideMs } from './scenario.js'
import type { Violation } from './violation.js'

/** The state of the world when all is over. */
export interface FinalState {
  readonly scenario: Scenario
  readonly sinks: ReadonlyMap<string, ModelSink>
  /** What the job said that it promises of each sink. */
  readonly labels: ReadonlyMap<string, GuaranteeLevel>
  /** Raw bytes of each dead letter in the file, in order. */
  readonly letters: readonly Uint8Array[]
  /** Another text of the job was there for a while, which counts the messages that this one filters. */
  readonly edited: boolean
}

interface Window {
  readonly key: string
  readonly start: number
  readonly ids: readonly number[]
  readonly revision: number
}

/** Compares what came out with what the producers sent; the first thing that is wrong, if any. */
export function judgeResults(state: FinalState): Violation | undefined {
  const messages = new Map<number, Message>()
  for (const { sends } of state.scenario.sources) for (const { message } of sends) messages.set(message.n, message)
  const all = [...messages.values()]
  const good = all.filter(({ kind }) => kind === 'good')
  const countable = state.edited ? all.filter(({ kind }) => kind === 'good' || kind === 'filtered') : good
  return (
    judgeAborted(state) ??
    judgeLetters(state, messages) ??
    judgeRows(state) ??
    judgeNarrow(state, good, countable) ??
    judgeWide(state, good, countable)
  )
}

function judgeLetters({ scenario, letters }: FinalState, messages: ReadonlyMap<number, Message>): Violation | undefined {
  const wanted = new Map(
    [...messages.values()].filter(({ kind }) => kind === 'bad' || kind === 'thrown').map(({ n, bytes }) => [hexOf(bytes), n]),
  )
  const seen = new Set<string>()
  for (const letter of letters) {
    const bytes = hexOf(letter)
    if (!wanted.has(bytes)) return { invariant: 'I8', what: `a dead letter is no bad message: ${Buffer.from(letter).toString('latin1')}` }
    if (seen.has(bytes) && scenario.ids) return { invariant: 'I8', what: `message ${wanted.get(bytes)} is in the dead letters twice` }
    seen.add(bytes)
  }
  for (const [bytes, n] of wanted) if (!seen.has(bytes)) return { invariant: 'I8', what: `bad message ${n} is not in the dead letters` }
  return undefined
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Rows of sinks whose peers drop repeats, and of those that are labelled exactly once, each once. */
function judgeRows({ sinks, labels }: FinalState): Violation | undefined {
  for (const { name, guarantee, rows } of sinks.values()) {
    if (guarantee === 'append' && labels.get(name) !== 'exactly-once') continue
    const seen = new Set<string>()
    for (const { id } of rows) {
      if (seen.has(id)) return { invariant: 'I2', what: `the ${guarantee} sink ${name} holds ${id} twice` }
      seen.add(id)
    }
  }
  return undefined
}

function judgeNarrow({ scenario, sinks }: FinalState, good: readonly Message[], countable: readonly Message[]): Violation | undefined {
  const late = new Map<number, number>()
  for (const { id, row } of distinct(sinks.get('late')!)) {
    const n = row['n'] as number
    if (late.has(n) && scenario.ids) return { invariant: 'I2', what: `message ${n} is late twice, as ${id}` }
    late.set(n, 1)
  }
  for (const name of ['exact', 'once']) {
    const windows = windowsOf(sinks.get(name)!, scenario)
    if ('invariant' in windows) return windows
    const starts = (message: Message) => [Math.floor(message.at / narrowMs) * narrowMs]
    const counted = countedIn(name, windows, scenario.ids, countable, message => message.key, starts)
    if ('invariant' in counted) return counted
    for (const { n } of good) {
      const times = (counted.get(n) ?? 0) + (late.get(n) ?? 0)
      if (times === 0) return { invariant: 'I1', what: `message ${n} is nowhere in ${name}` }
      if (!scenario.ids) continue
      if (times > 1) return { invariant: 'I2', what: `message ${n} is in ${name} and late` }
      if (scenario.exact && late.has(n)) return { invariant: 'I4', what: `message ${n} is late, and no row can be` }
    }
  }
  return undefined
}

function judgeWide({ scenario, sinks }: FinalState, good: readonly Message[], countable: readonly Message[]): Violation | undefined {
  const starts = ({ at }: Message) => {
    const last = Math.floor(at / hopMs) * hopMs
    return Array.from({ length: wideMs / hopMs }, (_, i) => last - i * hopMs)
  }
  for (const name of ['wide', 'again']) {
    const windows = windowsOf(sinks.get(name)!, scenario)
    if ('invariant' in windows) return windows
    const counted = countedIn(name, windows, scenario.ids, countable, () => '', starts)
    if ('invariant' in counted) return counted
    if (!scenario.exact) continue
    for (const { n } of good)
      if (counted.get(n) !== wideMs / hopMs)
        return { invariant: 'I4', what: `message ${n} is in ${counted.get(n) ?? 0} windows of ${name}` }
  }
  return undefined
}

/** How many windows each message is in; only in those that its key and time say, and in each once where `once`. */
function countedIn(
  name: string,
  windows: readonly Window[],
  once: boolean,
  countable: readonly Message[],
  keyOf: (message: Message) => string,
  startsOf: (message: Message) => readonly number[],
): Map<number, number> | Violation {
  const byNumber = new Map(countable.map(message => [message.n, message]))
  const counted = new Map<number, number>()
  for (const { key, start, ids } of windows) {
    const numbers = new Set(ids)
    if (once && numbers.size < ids.length)
      return { invariant: 'I2', what: `window ${key} ${start} of ${name} counts a message twice: ${ids}` }
    for (const n of numbers) {
      const message = byNumber.get(n)
      if (!message || keyOf(message) !== key || !startsOf(message).includes(start))
        return { invariant: 'I4', what: `window ${key} ${start} of ${name} holds ${n}` }
      counted.set(n, (counted.get(n) ?? 0) + 1)
    }
  }
  return counted
}

/** The last revision of each window. */
function windowsOf(sink: ModelSink, scenario: Scenario): readonly Window[] | Violation {
  const last = new Map<string, Window>()
  const rows = distinct(sink).map(({ row }) => {
    const {
      key = '',
      window_start,
      ids,
      revision,
    } = row as { key?: string; window_start: number; ids: readonly number[]; revision: number }
    return { key, start: window_start, ids, revision, row }
  })
  for (const { row, ...window } of rows.sort((a, b) => a.revision - b.revision)) {
    const { key, start, ids, revision } = window
    const before = last.get(`${key} ${start}`)
    const name = `window ${key} ${start} of ${sink.name}`
    if (row['final'] !== true) return { invariant: 'I7', what: `${name} holds a provisional row` }
    // A window that was empty on time first fires for a late row, as revision 1.
    const next = before ? before.revision + 1 : revision === 0 || scenario.allowedLateness === 0 ? 0 : 1
    if (revision !== next) return { invariant: 'I7', what: `${name} has revision ${revision} after ${before?.revision}` }
    if (before?.ids.some(n => !ids.includes(n))) return { invariant: 'I7', what: `${name} lost messages in revision ${revision}` }
    if (row['n'] !== ids.length) return { invariant: 'I4', what: `${name} counts ${row['n']} of ${ids.length} messages` }
    last.set(`${key} ${start}`, window)
  }
  return [...last.values()]
}

/** An append sink may hold a row several times. */
const distinct = (sink: ModelSink): SunkRow[] => [...new Map(sink.rows.map(row => [row.id, row])).values()]
