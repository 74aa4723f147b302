import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { into } from '../../src/operators/into.js'
import { operator } from '../../src/operators/operator.js'
import type { Stream } from '../../src/operators/stream.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { Reading, type Rig, reading, running, start } from '../runtime/rig.js'
import { recordingLog } from '../support/recording-log.js'
import { type Folder, folder } from './replay-rig.js'

/** An operator of which one release computes other results than the next: it lets every row pass but each `version`-th. */
const thin = (version: number) =>
  operator('thin', (stream: Stream<{ readonly celsius: number }>) =>
    stream.builder.add<{ readonly celsius: number }>({
      op: 'thin',
      id: 'thin',
      inputs: [stream],
      params: {},
      columns: stream.columns,
      stateful: true,
      version,
      uses: 'all',
      passes: true,
      logic: () => {
        let seen = 0
        return {
          onBatch(batch, emit) {
            const kept = Int32Array.from({ length: batch.length }, (_, i) => i).filter(i => (seen + i + 1) % (version + 1) !== 0)
            seen += batch.length
            emit(batch.take(kept, kept.length))
          },
          snapshot: () => ({ seen }),
          restore: state => {
            seen = (state as { readonly seen: number }).seen
          },
        }
      },
    }),
  )

/** The same job under a release whose operator has this version. */
function release(version: number): Rig {
  const source = new FakeSource()
  const sink = new FakeSink()
  const made = job('climate', ({ read }) => [
    read('readings', source.spec(json(Reading))).pipe(thin(version) as never, into(sink.spec('out'))),
  ])
  return { source, sink, job: made }
}

const peaks = ({ sink }: Rig) => sink.rows.map(({ celsius }) => celsius)

/** One stretch of life that ends in a crash: the folder as a kill leaves it. */
async function crashed(data: Folder, rig: Rig, values: readonly number[], at: number): Promise<Folder> {
  const { time, jobs } = await running([rig], { ...data, release: '0.1.0', time: virtualTime(at) })
  rig.source.send(...values.map(value => reading(at, value)))
  await time.advance(500)
  const copy = { ...data, disk: data.disk.copy() }
  await jobs.stop()
  return copy
}

const refusal = (data: Folder, rig: Rig) =>
  running([rig], { ...data, time: virtualTime(start + 10_000) }).then(
    () => undefined,
    (error: unknown) => error,
  )

test('a release that computes a tail differently is refused with the remedy; drained by the old one, it starts and keeps the state', async () => {
  const first = release(1)
  const data = await crashed(folder(), first, [1, 2, 3], start)
  expect(peaks(first)).toEqual([1, 3])

  expect(await refusal(data, release(2))).toMatchObject({
    code: 'MR460',
    notes: ['operator thin was version 1, and is version 2'],
    // No snapshot was taken yet: the journal names the release.
    hint: 'finish with Millrace 0.1.0: `millrace drain JOB --data DIR`; then start with this one',
  })

  const time = virtualTime(start + 1_000)
  const drained = await startJobs({ jobs: [release(1).job], log: recordingLog(), env: {}, ...data, time, drainOnly: true })
  let ended = false
  void drained.done.then(() => {
    ended = true
  })
  while (!ended) await time.advance(100)

  // Three rows were seen: the next release counts on from them.
  const second = release(2)
  const later = await crashed(data, second, [4, 5, 6, 7], start + 2_000)
  expect(peaks(second)).toEqual([4, 5, 7])
  // Its snapshot names the release that has to finish.
  expect(await refusal(later, release(3))).toMatchObject({ code: 'MR460', hint: expect.stringContaining('Millrace 0.1.0') as string })

  // What it took in is its own: its crash is no upgrade.
  const third = release(2)
  const { time: last, jobs } = await running([third], { ...later, time: virtualTime(start + 3_000) })
  third.source.send(reading(start + 3_000, 8), reading(start + 3_000, 9))
  await last.advance(500)
  expect(peaks(third).slice(-1)).toEqual([8])
  await jobs.stop()
  expect(await refusal(later, release(3))).toBeUndefined()
})
