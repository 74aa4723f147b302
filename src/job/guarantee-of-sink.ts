import type { SinkGuarantee, SinkPromise } from '../connector/sink.js'
import type { GuaranteeFinding } from './guarantee-finding.js'

/** What an open sink says of itself. */
export interface WriterFacts {
  readonly guarantee: SinkGuarantee
  readonly remembers?: number | undefined
  /** Why a repeat would stay; absent: the peer keeps both. */
  readonly why?: string | undefined
}

/** What is known of one sink. */
export interface SinkFacts {
  readonly id: string
  readonly spec: { readonly kind: 'view' | 'sink'; readonly promise?: SinkPromise }
  /** Once it is open. */
  readonly writer?: WriterFacts | undefined
}

/** Reads what repeating an output does at a sink (reliability rules §4). */
export function findingOfSink({ id, spec, writer }: SinkFacts): GuaranteeFinding {
  if (spec.kind === 'view') return { why: `the view '${id}' is made again from snapshot and journal; a row replaces its earlier one` }
  const known = writer ?? spec.promise ?? { guarantee: 'append' }
  switch (known.guarantee) {
    case 'transactional':
      return { why: `'${id}' commits rows and position in one transaction, and tells after a crash which rows it holds` }
    case 'idempotent': {
      const drops = `the peer of '${id}' drops a result that it has, by its id`
      if (known.remembers === undefined) return { why: drops }
      const count = known.remembers.toLocaleString('en')
      const bound = `of which it remembers ${count} an address, other senders' too; at most half as many are on their way`
      return { label: `while the peer of '${id}' remembers ${count} ids`, why: `${drops}, ${bound}` }
    }
    case 'append': {
      const loses = spec.promise?.guarantee === 'append' ? spec.promise.loses : undefined
      if (loses !== undefined) {
        const label = `results of '${id}' may be lost, and others repeat`
        return { loses: true, repeats: true, label, why: `${label}: ${loses}` }
      }
      const label = `results of '${id}' may repeat after a crash`
      return {
        repeats: true,
        label,
        why: `${label}: those that were sent and not yet acknowledged are sent again, and ${writer?.why ?? 'its peer keeps both'}`,
      }
    }
    case 'depends-on-peer':
      return { repeats: true, label: `results of '${id}' may repeat, unless its peer drops them`, why: `'${id}': ${known.why}` }
  }
}
