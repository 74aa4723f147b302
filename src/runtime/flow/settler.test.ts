import { expect, test } from 'vitest'
import type { SourceReader } from '../../connector/source.js'
import type { Fence } from '../../journal/fence.js'
import type { Journal } from '../../journal/journal.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { DeadLetterStore } from '../letters/dead-letter-store.js'
import { virtualTime } from '../seams/virtual-time.js'
import type { JobMemory } from '../status/job-memory.js'
import type { Outbox } from './outbox.js'
import { Settler } from './settler.js'

const readerOf = (settled: number[]): SourceReader => ({
  next: async () => undefined,
  settle: receipt => {
    if (receipt < 0) throw new Error('no such receipt')
    settled.push(receipt)
  },
  status: () => ({ connected: true, live: true, detail: '' }),
  close: async () => undefined,
})

function rig(journaled = true) {
  const time = virtualTime(0)
  const state = { durable: 0, oldestOutput: Number.POSITIVE_INFINITY, oldestLetter: Number.POSITIVE_INFINITY, entry: 9, replaced: false }
  const journal = {
    get durable() {
      return state.durable
    },
  } as Journal
  const confirm = async () => {
    if (state.replaced) throw new MillraceError('MR440', 'replaced')
  }
  const errors: unknown[] = []
  const outbox = {
    get oldestEntry() {
      return state.oldestOutput
    },
  } as Outbox
  const deadLetters = {
    get oldestEntry() {
      return state.oldestLetter
    },
  } as DeadLetterStore
  const settler = new Settler({
    outbox,
    deadLetters,
    memory: state as unknown as JobMemory,
    real: time,
    reached: () => {},
    durable: journaled ? { journal, fence: { epoch: 1, confirm } satisfies Fence } : undefined,
    failed: error => void errors.push(error),
  })
  const settled: number[] = []
  return { settler, time, state, errors, settled, reader: readerOf(settled) }
}

test('settles what the journal holds, however far the sinks are', async () => {
  const { settler, state, settled, reader, time } = rig()
  state.oldestOutput = 1
  settler.add(1, reader, 11)
  settler.add(2, reader, 12)
  settler.add(3, reader, 13)
  settler.soon()
  await time.advance(10)
  expect(settled).toEqual([])
  state.durable = 2
  settler.durable()
  expect(settled).toEqual([12])
  // Too soon after the last one: later, without being asked again.
  state.durable = 3
  settler.durable()
  settler.soon()
  expect(settled).toEqual([12])
  await time.advance(10)
  expect(settled).toEqual([12, 13])
})

test('without a journal settlement waits for outputs and dead letters', async () => {
  const { settler, state, settled, reader, time } = rig(false)
  state.oldestOutput = 2
  state.oldestLetter = 3
  for (const entry of [1, 2, 3]) settler.add(entry, reader, entry)
  settler.soon()
  await time.advance(10)
  expect(settled).toEqual([1])
  state.oldestOutput = Number.POSITIVE_INFINITY
  settler.soon()
  await time.advance(10)
  expect(settled).toEqual([1, 2])
})

test('who was replaced settles nothing, and says so; at the end it keeps silent', async () => {
  const { settler, state, settled, reader, errors, time } = rig()
  settler.add(1, reader, 1)
  state.durable = 1
  state.replaced = true
  settler.soon()
  await time.advance(10)
  await settler.last()
  expect(settled).toEqual([])
  expect(errors).toMatchObject([{ code: 'MR440' }])
})

test('a reader that was closed, and one that throws', async () => {
  const { settler, state, settled, reader, errors, time } = rig()
  const other: number[] = []
  settler.add(1, readerOf(other), 5)
  settler.add(2, reader, 6)
  settler.forget(reader)
  settler.add(3, reader, -1)
  state.durable = 3
  settler.soon()
  await time.advance(10)
  expect([other, settled]).toEqual([[5], []])
  expect(errors).toMatchObject([{ message: 'no such receipt' }])
})

test('after its end nothing is settled any more', async () => {
  const { settler, state, settled, reader, time } = rig()
  settler.add(1, reader, 1)
  settler.end()
  state.durable = 1
  settler.durable()
  settler.soon()
  await time.advance(10)
  expect(settled).toEqual([])
})
