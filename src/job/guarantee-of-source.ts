import type { IdSpec, SourceLoss, SourcePromise } from '../connector/source.js'
import { durationText } from '../model/duration.js'
import type { GuaranteeFinding } from './guarantee-finding.js'

/** For how long ids are remembered: the least of both. */
export interface IdBounds {
  readonly ids: number
  readonly ms: number
}

/** What is known of one source. */
export interface SourceFacts {
  readonly id: string
  readonly spec: { readonly id: IdSpec | undefined; readonly promise?: SourcePromise }
  /** Messages that came settled by their sender, as far as this run knows. */
  readonly presettled: number
  /** What its peer is known to have lost. */
  readonly lost?: SourceLoss | undefined
}

const countText = (count: number): string => count.toLocaleString('en')

/** `10 minutes`, `1 minute`, `90s`. */
const spanText = (ms: number): string => {
  const minutes = ms / 60_000
  return Number.isInteger(minutes) ? `${minutes} minute${minutes === 1 ? '' : 's'}` : durationText(ms)
}

const idText = (id: IdSpec): string =>
  id.from === 'message-id' ? 'message-id' : id.from === 'body' ? `id \`${id.path.join('.')}\`` : `application property '${id.key}'`

/** Reads a source's promise: what of its input a crash may lose or repeat (reliability rules §3). */
export function findingsOfSource({ id, spec, presettled, lost }: SourceFacts, bounds: IdBounds): readonly GuaranteeFinding[] {
  const { promise } = spec
  if (!promise) {
    return [
      {
        loses: true,
        repeats: spec.id === undefined,
        label: `nothing is known of what feeds '${id}'`,
        why: `nothing is known of what feeds '${id}': whether its peer sends again what was not accepted`,
      },
      ...lostOf(id, lost),
    ]
  }
  const remark = promise.remark === undefined ? [] : [{ why: `'${id}': ${promise.remark}` }]
  return [
    ...lossOf(id, promise),
    ...lostOf(id, lost),
    ...presettledOf(id, promise, presettled),
    ...repeatOf(id, spec.id, promise, bounds),
    ...remark,
  ]
}

function lossOf(id: string, { unaccepted, meanwhile }: SourcePromise): readonly GuaranteeFinding[] {
  if (meanwhile === 'gone') {
    const label = `what is sent to '${id}' while the job is away is lost`
    return [{ loses: true, label, why: `${label}: its peer keeps nothing for a reader that is not there` }]
  }
  if (unaccepted === 'gone') {
    const label = `what '${id}' was given and had not yet made durable is lost`
    return [{ loses: true, label, why: `${label}: its sender settles before it sends, and does not send again` }]
  }
  return []
}

/** What is missing from the results stays missing, so this stands for as long as the state of the job does. */
function lostOf(id: string, lost: SourceLoss | undefined): readonly GuaranteeFinding[] {
  if (!lost) return []
  const times = lost.times === 1 ? '' : `, ${countText(lost.times)} times so far`
  const label = `what the peer of '${id}' kept for it was lost there, noticed at ${new Date(lost.at).toISOString()}`
  return [{ loses: true, label, why: `${label}${times}: messages sent before may be missing from the results` }]
}

function presettledOf(id: string, promise: SourcePromise, count: number): readonly GuaranteeFinding[] {
  if (count > 0) {
    const label = `some messages of '${id}' were settled before they arrived`
    return [{ loses: true, label, why: `${label} (${countText(count)} so far): their sender does not send them again after a crash` }]
  }
  if (!promise.presettled) return []
  return [{ why: `what a sender of '${id}' settles before it arrives counts at most once` }]
}

function repeatOf(id: string, spec: IdSpec | undefined, promise: SourcePromise, bounds: IdBounds): readonly GuaranteeFinding[] {
  if (!promise.repeats) {
    return promise.unaccepted === 'log' ? [{ why: `'${id}' is a log: it is read on from the place that the journal names` }] : []
  }
  if (!spec) {
    const label = `'${id}' names no id, so a message that is sent again counts again`
    return [{ repeats: true, label, why: `${label}; name one with \`id\`` }]
  }
  if (promise.readers === 'several') {
    const label = `'${id}' shares its messages with other readers`
    return [{ repeats: true, label, why: `${label}: what one took and did not accept comes to another, whose ids are its own` }]
  }
  const within = `within ${countText(bounds.ids)} ids or ${spanText(bounds.ms)}`
  const known: GuaranteeFinding = {
    label: within,
    why: `a message of '${id}' that comes again is known by its ${idText(spec)}, ${within}; one without it counts again`,
  }
  if (promise.readers === 'one') return [known]
  const alone = `'${id}' is taken to be the only reader of its address: what another took and did not accept would count in both`
  return [known, { label: 'as the only consumer', why: alone }]
}
