import { expect, test } from 'vitest'
import type { OutputBatch, SinkWriter } from '../../connector/sink.js'
import type { GraphSink } from '../../job/graph.js'
import { Backoff } from '../../model/backoff.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { systemRandom } from '../seams/system-random.js'
import { virtualTime } from '../seams/virtual-time.js'
import { SinkLane } from './sink-lane.js'

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

test.each([
  [
    'all of one, and a part of the next, which an earlier release had cut otherwise',
    { entry: 3, ordinal: 64, rows: 36 },
    ['3.100 …900', '4.0 …1000'],
  ],
  ['up to a place within an output', { entry: 3, ordinal: 64 }, ['3.65 …935', '4.0 …1000']],
  ['nothing of what waits', { entry: 1, ordinal: 0, rows: 1_000 }, ['2.0 …1000', '3.0 …1000', '4.0 …1000']],
  ['all', { entry: 4, ordinal: 0 }, []],
] as const)('a sink that holds %s is sent the rest', async (_, held, expected) => {
  const time = virtualTime(0)
  const written: string[] = []
  const writer: SinkWriter = {
    guarantee: 'transactional',
    open: async () => held,
    write: async ({ ids }, { entry, ordinal }) => void written.push(`${entry}.${ordinal} …${ids.length}`),
    status: () => ({ connected: true, detail: '', pending: 0 }),
    close: async () => {},
  }
  let bytes = 0
  const lane = new SinkLane(
    { id: 'out', spec: { kind: 'sink' } } as unknown as GraphSink,
    async () => writer,
    {
      maySend: async () => {},
      reached: () => {},
      acknowledged: item => {
        bytes += item.bytes
      },
      refused: async () => {},
      failed: error => {
        throw error
      },
    },
    time,
    new Backoff(systemRandom),
  )
  const ids = Array.from({ length: 1_000 }, (_, i) => `r${i}`)
  for (const entry of [2, 3, 4]) {
    lane.add({ outputs: { ...outputs, length: 1_000, ids, keys: ids }, position: { entry, ordinal: 0 }, bytes: 7 })
  }
  lane.start()
  await time.settle()
  expect(written).toEqual(expected)
  expect([bytes, lane.pendingRows]).toEqual([21, 0])
})

/** A lane with an open sink; what it may do and what becomes of a row is in the hands of the test. */
function openLane(options: {
  readonly write?: (entry: number) => Promise<void>
  readonly maySend?: () => Promise<void>
  readonly remembers?: number
  readonly gathers?: NonNullable<SinkWriter['gathers']>
}) {
  const time = virtualTime(0)
  const calls: string[] = []
  const kept: (() => void)[] = []
  const writer: SinkWriter = {
    guarantee: 'idempotent',
    remembers: options.remembers,
    ...(options.gathers && { gathers: options.gathers }),
    open: async () => undefined,
    write: async (_outputs, { entry }) => {
      calls.push(`write ${entry}`)
      await options.write?.(entry)
    },
    status: () => ({ connected: true, detail: '', pending: 0 }),
    close: async () => void calls.push('close'),
  }
  const lane = new SinkLane(
    { id: 'out', spec: { kind: 'sink' } } as unknown as GraphSink,
    async () => writer,
    {
      maySend: async () => options.maySend?.(),
      reached: () => {},
      acknowledged: ({ position }, refused) => void calls.push(`${refused ? 'refused' : 'acknowledged'} ${position.entry}`),
      refused: () => new Promise<void>(resolve => kept.push(resolve)),
      failed: error => void calls.push(`failed ${error.code}`),
    },
    time,
    new Backoff(systemRandom),
  )
  const add = (entry: number) => lane.add({ outputs, position: { entry, ordinal: 0 }, bytes: 1 })
  lane.start()
  return { lane, time, calls, kept, add }
}

test('who was replaced sends nothing', async () => {
  const maySend = async () => {
    throw new MillraceError('MR440', 'replaced')
  }
  const { lane, time, calls, add } = openLane({ maySend })
  add(1)
  await time.advance(60_000)
  expect(calls).toEqual(['failed MR440'])
  expect(lane.unacknowledged()).toHaveLength(1)
})

test('a row that the sink refuses is done with when it is kept elsewhere, and not before', async () => {
  let refuses = true
  const write = async () => {
    if (refuses) throw new MillraceError('MR310', 'refused')
  }
  const { lane, time, calls, kept, add } = openLane({ write })
  add(1)
  add(2)
  await time.advance(60_000)
  expect(calls).toEqual(['write 1'])
  expect(lane.unacknowledged()).toHaveLength(2)
  refuses = false
  kept[0]!()
  await time.settle()
  expect(calls).toEqual(['write 1', 'refused 1', 'write 2', 'acknowledged 2'])
})

test('a lane that is closed while a refused row is being kept does not count it as done', async () => {
  const write = async () => {
    throw new MillraceError('MR310', 'refused')
  }
  const { lane, time, calls, kept, add } = openLane({ write })
  add(1)
  await time.settle()
  await lane.close()
  kept[0]!()
  await time.settle()
  expect(calls).toEqual(['write 1', 'close'])
})

test('a lane that waits for notes ends when it is closed', async () => {
  const { lane, time, calls, add } = openLane({ remembers: 2 })
  add(1)
  add(2)
  await time.settle()
  expect(calls).toEqual(['write 1', 'acknowledged 1'])
  await lane.close()
  await time.settle()
  expect(calls).toEqual(['write 1', 'acknowledged 1', 'close'])
})

test('what waits while a write is under way goes together with the next, up to so many rows', async () => {
  const open: (() => void)[] = []
  const write = () => new Promise<void>(resolve => void open.push(resolve))
  const { time, calls, add } = openLane({ write, gathers: { rows: 3, ms: 0 } })
  for (let entry = 1; entry <= 6; entry++) {
    add(entry)
    if (entry === 1) await time.settle()
  }
  await time.settle()
  expect(calls).toEqual(['write 1'])
  open.shift()!()
  await time.settle()
  expect(calls.splice(0)).toEqual(['write 1', 'acknowledged 1', 'write 2', 'write 3', 'write 4'])
  // Acknowledged in order, whichever is done first.
  open.pop()!()
  await time.settle()
  expect(calls).toEqual([])
  for (const resolve of open.splice(0)) resolve()
  await time.settle()
  expect(calls).toEqual(['acknowledged 2', 'acknowledged 3', 'acknowledged 4', 'write 5', 'write 6'])
})

test('the first of a group waits for company, no longer than it should, and not when there is enough', async () => {
  const { time, calls, add } = openLane({ gathers: { rows: 3, ms: 1_000 } })
  add(1)
  await time.advance(999)
  expect(calls).toEqual([])
  await time.advance(1)
  expect(calls.splice(0)).toEqual(['write 1', 'acknowledged 1'])
  for (const entry of [2, 3]) add(entry)
  await time.advance(500)
  expect(calls).toEqual([])
  add(4)
  await time.settle()
  expect(calls).toEqual(['write 2', 'write 3', 'write 4', 'acknowledged 2', 'acknowledged 3', 'acknowledged 4'])
})

test('of a group one output is refused: the others are done, and none is sent again', async () => {
  const write = async (entry: number) => {
    if (entry === 2) throw new MillraceError('MR342', 'refused')
  }
  const { time, calls, kept, add } = openLane({ write, gathers: { rows: 3, ms: 1 } })
  for (const entry of [1, 2, 3]) add(entry)
  await time.advance(60_000)
  expect(calls).toEqual(['write 1', 'write 2', 'write 3', 'acknowledged 1'])
  kept[0]!()
  await time.settle()
  expect(calls.slice(4)).toEqual(['refused 2', 'acknowledged 3'])
})

test('of a group one output has to be repeated: those behind it are, too, in order', async () => {
  let away = true
  const write = async (entry: number) => {
    if (entry === 2 && away) throw new MillraceError('MR344', 'away')
  }
  const { time, calls, add } = openLane({ write, gathers: { rows: 3, ms: 1 } })
  for (const entry of [1, 2, 3]) add(entry)
  await time.advance(1)
  expect(calls.splice(0)).toEqual(['write 1', 'write 2', 'write 3', 'acknowledged 1'])
  away = false
  await time.advance(60_000)
  expect(calls).toEqual(['write 2', 'write 3', 'acknowledged 2', 'acknowledged 3'])
})

test('a group is no larger than half of what the peer remembers, and a lane that waits for company ends when it is closed', async () => {
  const { lane, time, calls, add } = openLane({ remembers: 4, gathers: { rows: 100, ms: 1_000 } })
  for (const entry of [1, 2, 3]) add(entry)
  await time.settle()
  expect(calls.splice(0)).toEqual(['write 1', 'write 2', 'acknowledged 1', 'acknowledged 2'])
  await lane.close()
  await time.settle()
  expect(calls).toEqual(['close'])
})
