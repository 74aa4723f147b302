import type { HeldPosition, OutputBatch } from '../../connector/sink.js'
import type { ConnectorContext } from '../../connector/source.js'
import type { Graph, GraphSink } from '../../job/graph.js'
import type { AcknowledgedNote } from '../../journal/journal.js'
import { KeptFile } from '../../journal/kept-file.js'
import type { MillraceError } from '../../model/errors/millrace-error.js'
import type { View } from '../../views/view.js'
import { connectorContext, type JobRunnerOptions } from '../job-runner-options.js'
import type { JobViews } from '../job-views.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import type { Durability } from './durability.js'
import { Outbox } from './outbox.js'
import { refusedLetter } from './refused-letter.js'
import { SinksAhead, sinksAheadName } from './sinks-ahead.js'
import type { Waiting } from './waiting.js'

export interface OutboxParts {
  readonly options: JobRunnerOptions
  readonly graph: Graph
  readonly views: JobViews
  readonly deadLetters: DeadLetterStore
  readonly durability: Durability | undefined
  /** Outputs were acknowledged. */
  readonly wake: () => void
  readonly fatal: (error: MillraceError) => void
  /** The job's clock. */
  readonly wall: () => number
}

/** The outbox of a job; writers are opened when it starts. */
export function openOutbox(parts: OutboxParts): Outbox {
  const { options, graph, views, deadLetters, durability, wake, fatal, wall } = parts
  const { job, log, real, random, outboxBytes, onOutput, reached } = options
  const isView = (sink: string): boolean => views.writers.has(sink)
  const note = (acknowledged: AcknowledgedNote, noted: () => void): void => {
    try {
      durability!.journal.note(acknowledged, noted)
    } catch {
      // The journal was given up, and the run with it: the next one sends this again, under its id.
    }
  }
  const acknowledged = ({ outputs, position }: Waiting, refused: boolean, noted: () => void): void => {
    const { sink } = outputs
    if (!refused) sentView(views, outputs)?.apply(outputs)
    if (durability && !isView(sink)) {
      reached('acknowledged')
      note({ kind: 'acknowledged', sink, position, rows: outputs.length }, noted)
    } else noted()
    wake()
  }
  // Nothing says that the sink is rid of it before the letter is on the disk.
  const refused = ({ outputs, position }: Waiting, error: MillraceError): Promise<void> => {
    const bytes = refusedLetter(outputs, error)
    const letter = { source: outputs.sink, code: error.code, reason: error.message, at: wall(), bytes }
    return deadLetters.keepOutput(position.entry, position.ordinal, letter)
  }
  const unread = (why: string): void =>
    log.warn(`${sinksAheadName}, which says what sinks must not hold, is unreadable, and passed over: ${why}`, {
      code: 'MR420',
      job: job.id,
    })
  const ahead = durability && new SinksAhead(durability.journal.last, keptFile(options, durability), real, unread)
  const tells = new Set(graph.sinks.filter(mayTell).map(({ id }) => id))
  const holds = async (sink: string, answer: Promise<HeldPosition | undefined>): Promise<HeldPosition | undefined> => {
    if (!ahead || isView(sink)) return answer
    // While one is away that has nothing to tell, nothing needs to be kept.
    return ahead.judge(sink, tells.has(sink) ? answer : Promise.resolve(await answer))
  }
  const lent = (sink: string): ConnectorContext => ({
    ...connectorContext(options, sink),
    ...(durability && { journal: durability.origin }),
  })
  return new Outbox({
    sinks: graph.sinks,
    open: async sink => views.writers.get(sink.id) ?? (await sink.spec.open(lent(sink.id))),
    real,
    random,
    maxBytes: outboxBytes,
    onOutput,
    durable: durability ? durability.journal.last : Number.POSITIVE_INFINITY,
    events: { maySend: async () => durability?.fence.confirm(), holds, reached, acknowledged, refused, failed: fatal },
  })
}

/** Whether a sink may say what it holds; one that promises less than that does not. */
const mayTell = ({ spec: { promise } }: GraphSink): boolean => promise === undefined || promise.guarantee === 'transactional'

const sentView = (views: JobViews, { sink }: OutputBatch): View | undefined => (views.writers.has(sink) ? undefined : views.all.get(sink))

const keptFile = ({ disk, dataDir, job }: JobRunnerOptions, { fence }: Durability): KeptFile =>
  new KeptFile({ disk, folder: dataDir!, name: sinksAheadName, job: job.id, fence: () => fence })
