import type { OrderedEntry } from './journal-order.js'
import type { Message } from './message.js'
import type { ModelSink } from './model-sink.js'
import { narrowMs, type Scenario } from './scenario.js'
import type { Violation } from './violation.js'

/**
 * The late rows of a job with one source, exactly: computed from its journal alone by rules 6 and 8 of stream-semantics, one
 * message at a time, each judged against the watermark that those before it and the clock had made.
 */
export function judgeLate(scenario: Scenario, entries: readonly OrderedEntry[], sink: ModelSink): Violation | undefined {
  const [{ sends }] = scenario.sources as readonly [Scenario['sources'][0]]
  const messages = new Map<number, Message>(sends.map(({ message }) => [message.n, message]))
  const expected = new Set(lateOf(scenario, entries, messages))
  const seen = new Set(sink.rows.map(({ row }) => row['n'] as number))
  const wrong = [...expected].find(n => !seen.has(n)) ?? [...seen].find(n => !expected.has(n))
  if (wrong === undefined) return undefined
  return { invariant: 'I4', what: `message ${wrong} is ${seen.has(wrong) ? '' : 'not '}late, unlike in the order of the journal` }
}

function* lateOf(
  { outOfOrderness, allowedLateness }: Scenario,
  entries: readonly OrderedEntry[],
  messages: ReadonlyMap<number, Message>,
): Iterable<number> {
  const seen = new Set<number>()
  let highest = Number.NEGATIVE_INFINITY
  let highestAt = 0
  let watermark = Number.NEGATIVE_INFINITY
  for (const { clock, messages: numbers, end } of entries) {
    if (end) return
    watermark = Math.max(watermark, highest - outOfOrderness - 1 + clock - highestAt)
    for (const n of numbers) {
      const { kind, at } = messages.get(n)!
      if (kind === 'bad' || seen.has(n)) continue
      seen.add(n)
      const windowEnd = Math.floor(at / narrowMs) * narrowMs + narrowMs
      if (kind === 'good' && windowEnd - 1 + allowedLateness <= watermark) yield n
      if (at <= highest) continue
      highest = at
      highestAt = clock
      watermark = Math.max(watermark, highest - outOfOrderness - 1)
    }
  }
}
