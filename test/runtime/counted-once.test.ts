import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import type { JobSummary } from '../../src/model/api.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { Reading, reading, running, start } from './rig.js'

test('a chunk that is on its way through the graph is received once: it waits no more', async () => {
  const source = new FakeSource()
  const sink = new FakeSink()
  const seen: JobSummary['counts'][] = []
  let look = (): void => undefined
  const one = job('one', ({ read }) => [
    read('readings', source.spec(json(Reading))).pipe(
      mapRows('look', Reading, row => {
        look()
        return row
      }),
      into(sink.spec('out')),
    ),
  ])
  const { time, jobs, counts } = await running([{ source, sink, job: one }])
  look = () => void seen.push(counts())
  source.send(...Array.from({ length: 3 }, (_, i) => reading(start + i)))
  await time.settle()
  expect(seen).toHaveLength(3)
  for (const amid of seen) expect(amid).toMatchObject({ received: 3, waiting: 0 })
  expect(counts()).toMatchObject({ received: 3, counted: 3, waiting: 0 })
  await jobs.stop()
})
