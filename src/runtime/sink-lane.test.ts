import { expect, test } from 'vitest'
import type { OutputBatch, SinkWriter } from '../connector/sink.js'
import type { GraphSink } from '../job/graph.js'
import { Backoff } from '../model/backoff.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { SinkLane } from './sink-lane.js'
import { systemRandom } from './system-random.js'
import { virtualTime } from './virtual-time.js'

const outputs: OutputBatch = {
  sink: 'out',
  length: 1,
  schema: [],
  columns: {},
  computed: {},
  ids: ['r0'],
  keys: ['r0'],
  removed: undefined,
  wall: 0,
  watermark: 0,
}

/** A sink whose peer is away: opening ends when the test says so, or by `close`. */
function awaySink() {
  const time = virtualTime(0)
  const calls: string[] = []
  const answers: { ready(): void; fail(error: Error): void }[] = []
  const writerOf = (n: number): SinkWriter => ({
    guarantee: 'append',
    open: () =>
      new Promise((resolve, reject) => {
        calls.push(`open ${n}`)
        answers.push({ ready: () => resolve(undefined), fail: reject })
      }),
    write: async () => void calls.push(`write ${n}`),
    status: () => ({ connected: false, detail: 'waits for the broker', pending: 0, waiting: { for: 'the broker', since: 0 } }),
    close: async () => {
      calls.push(`close ${n}`)
      answers[n]?.fail(new MillraceError('MR313', 'closed'))
    },
  })
  let writers = 0
  const lane = new SinkLane(
    { id: 'out', spec: { kind: 'sink' } } as unknown as GraphSink,
    async () => writerOf(writers++),
    {
      maySend: async () => {},
      reached: () => {},
      acknowledged: (_item, _refused, noted) => noted(),
      refused: async () => {},
      failed: error => void calls.push(`failed ${error.code}`),
    },
    time,
    new Backoff(systemRandom),
  )
  const add = () => lane.add({ outputs, position: { entry: 1, ordinal: 0 }, bytes: 1 })
  return { lane, time, calls, answers, add }
}

test('a sink that waits for its peer says for what, as soon as a row waits with it', async () => {
  const { lane, time, answers, calls, add } = awaySink()
  lane.start()
  await time.settle()
  expect(lane.status()).toMatchObject({ connected: false, detail: 'waits for the broker', pending: 0 })
  expect(lane.status().waiting).toBeUndefined()
  expect(lane.guarantee).toBeUndefined()
  add()
  expect(lane.status()).toMatchObject({ pending: 1, waiting: { for: 'the broker' } })
  answers[0]!.ready()
  await time.settle()
  expect(calls).toEqual(['open 0', 'write 0'])
  expect(lane.guarantee).toBe('append')
})

test('a lane that is closed while its sink opens closes the sink', async () => {
  const { lane, time, calls, add } = awaySink()
  lane.start()
  add()
  await time.settle()
  await lane.close()
  await time.settle()
  expect(calls[0]).toBe('open 0')
  expect(new Set(calls.slice(1))).toEqual(new Set(['close 0']))
})

test('a lane that is closed before its sink is even there leaves none open', async () => {
  const { lane, time, calls } = awaySink()
  lane.start()
  await lane.close()
  await time.settle()
  expect(calls).toEqual(['close 0'])
})

test('a sink that fails to open is closed before the next attempt', async () => {
  const { lane, time, calls, answers, add } = awaySink()
  lane.start()
  add()
  await time.settle()
  answers[0]!.fail(new MillraceError('MR313', 'the peer ended it'))
  await time.settle()
  expect(calls).toEqual(['open 0', 'close 0'])
  await time.advance(60_000)
  answers[1]!.ready()
  await time.settle()
  expect(calls).toEqual(['open 0', 'close 0', 'open 1', 'write 1'])
})
