import type { JobRunner } from '../job-runner.js'

/** Real ms that a sink or source may make the job wait before a person hears of it. */
const patience = 5_000

/** Ms for which a loss is told of here; in the guarantee it stands for good. */
const shownMs = 24 * 3_600_000

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/**
 * What needs a person, a sentence each, the gravest first; `at` is real monotonic ms, `nodeFailing` why the AMQP node that
 * the job uses cannot store messages.
 */
export function attentionOf(runner: JobRunner, at: number, nodeFailing: string | undefined): readonly string[] {
  const { phase, error, restarts, feeds, outbox, deadLetters, options } = runner
  const sentences: string[] = []
  if (phase === 'failed' && error) sentences.push(`${runner.id} failed: ${error.message}`)
  if (phase === 'starting' && error) sentences.push(`${runner.id} failed and is started again: ${error.message}`)
  const journal = runner.store?.durability.journal
  if (journal?.failing !== undefined)
    sentences.push(`The journal cannot be written, so nothing is accepted and the sources wait: ${journal.failing}`)
  if (nodeFailing !== undefined) sentences.push(`The AMQP node cannot store messages, so their senders wait: ${nodeFailing}`)
  if (runner.store?.snapshotter?.failing !== undefined && phase === 'running')
    sentences.push(`No snapshot can be taken, so a start would take longer: ${runner.store.snapshotter.failing}`)
  if (deadLetters.failing !== undefined) sentences.push(`Dead letters cannot be stored, so the sources wait: ${deadLetters.failing}`)
  for (const { sink, status } of [...outbox.lanes.values()].map(lane => ({ sink: lane.sink.id, status: lane.status() }))) {
    const waits = status.waiting && at - status.waiting.since
    if (waits !== undefined && waits >= patience) sentences.push(`${sink} has waited ${seconds(waits)} for ${status.waiting!.for}`)
  }
  if (phase === 'running') {
    for (const feed of feeds) {
      const { connected, detail, downSince } = feed.status()
      const away = at - (downSince ?? at)
      if (feed.state === 'ended' || connected || away < patience) continue
      sentences.push(`${feed.source.id} has not been connected for ${seconds(away)}: ${detail}`)
    }
  }
  for (const feed of feeds) {
    const { lost } = feed.status()
    if (!lost || options.time.wall() - lost.at > shownMs) continue
    const since = new Date(lost.at).toISOString()
    sentences.push(`Messages of ${feed.source.id} may be missing: its peer had lost what it kept for the job, noticed at ${since}`)
  }
  if (phase !== 'failed' && phase !== 'starting' && restarts > 0 && error)
    sentences.push(`${runner.id} was restarted ${times(restarts)}: ${error.message}`)
  return sentences
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
