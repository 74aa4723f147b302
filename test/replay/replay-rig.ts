import { resultsNdjson } from '../../src/cli/results-ndjson.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { Job } from '../../src/job/graph.js'
import type { Batch } from '../../src/model/batch.js'
import { SourceLogs } from '../../src/runtime/recovery/source-logs.js'
import { ReplayComparer } from '../../src/runtime/replay/replay-compare.js'
import type { Bound } from '../../src/runtime/replay/replay-journal.js'
import { replayStretch, type StretchOptions } from '../../src/runtime/replay/replay-stretch.js'
import { type VirtualTime, virtualTime } from '../../src/runtime/seams/virtual-time.js'
import type { StartOptions } from '../../src/runtime/start-jobs.js'
import { type Rig, running, start } from '../runtime/rig.js'
import type { memoryFolder } from '../support/memory-folder.js'
import { recordingLog } from '../support/recording-log.js'

export { memoryFolder as folder } from '../support/memory-folder.js'
export type Folder = ReturnType<typeof memoryFolder>

/** Runs a job on a folder, lets `feed` send, stops it; gives what it put out. */
export async function lived(
  data: Folder,
  rig: Rig,
  feed: (time: VirtualTime) => Promise<void>,
  options: Partial<StartOptions> & { readonly at?: number } = {},
): Promise<string> {
  let text = ''
  const time = virtualTime(options.at ?? start)
  const { at: _, ...rest } = options
  const { jobs } = await running([rig], {
    ...data,
    ...rest,
    time,
    onOutput: output => {
      text += resultsNdjson(output)
    },
  })
  await feed(time)
  await jobs.stop()
  return text
}

export interface Stretch {
  readonly from?: Bound
  readonly to?: Bound
  readonly code?: string
}

const options = (data: Folder, job: Job, { from, to, code }: Stretch): StretchOptions => ({
  disk: data.disk,
  dataDir: data.dataDir,
  job,
  code,
  from,
  to,
  log: recordingLog(),
  logs: new SourceLogs(() => {
    throw new Error('no source is a log here')
  }),
  start: one => one.start({ bounded: false, origin: 'here' }),
  rest: () => undefined,
})

/** A replay and what it put out. */
export async function replayed(data: Folder, job: Job, stretch: Stretch = {}) {
  let text = ''
  const outputs: OutputBatch[] = []
  const letters: string[] = []
  const summary = await replayStretch(options(data, job, stretch), {
    onOutput: output => {
      outputs.push(output)
      text += resultsNdjson(output)
    },
    onDeadLetter: ({ entry, code }) => letters.push(`${entry} ${code}`),
  })
  return { text, outputs, letters, summary }
}

/** A comparison of a job with what took the stretch in. */
export async function compared(data: Folder, job: Job, stretch: Stretch = {}, shown = 100) {
  const comparer = new ReplayComparer(shown)
  const nothing = () => undefined
  const summary = await replayStretch(
    options(data, job, stretch),
    { onOutput: output => comparer.now(output), onDeadLetter: nothing },
    { onOutput: output => comparer.before(output), onDeadLetter: nothing },
  )
  return { summary, ...comparer.end() }
}

/** The job with every batch cut into pieces of lengths that `lengths` gives in turn. */
export function recut(job: Job, lengths: () => number): Job {
  return {
    ...job,
    start(started) {
      const graph = job.start(started)
      const push = graph.push.bind(graph)
      graph.push = (source: string, batch: Batch) => {
        for (let from = 0; from === 0 || from < batch.length; ) {
          const to = Math.min(batch.length, from + lengths())
          push(source, batch.length === 0 ? batch : batch.slice(from, to))
          if (batch.length === 0) return
          from = to
        }
      }
      return graph
    },
  }
}
