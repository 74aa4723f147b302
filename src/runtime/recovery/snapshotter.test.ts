import { expect, test } from 'vitest'
import { defaultTuning, type Journal, type JournalTuning } from '../../journal/journal.js'
import type { SnapshotStore } from '../../journal/snapshot-store.js'
import type { IdSet } from '../identity/id-set.js'
import { virtualTime } from '../seams/virtual-time.js'
import { Snapshotter } from './snapshotter.js'

function rig(tuning: Partial<JournalTuning> = {}, replayed = { entries: 0, ms: 0 }) {
  const time = virtualTime(0)
  const calls: string[] = []
  const doors: (() => void)[] = []
  const state = { entry: 1, bytes: 0, held: false, failure: undefined as Error | undefined }
  const journal = {
    get bytes() {
      return state.bytes
    },
    flush: async () => {
      calls.push('flush')
      if (state.held) await new Promise<void>(resolve => doors.push(resolve))
    },
    retain: async (needed: number) => void calls.push(`retain ${needed}`),
  } as unknown as Journal
  const store = {
    needed: 7,
    save: async ({ entry }: { entry: number }) => {
      if (state.failure) throw state.failure
      calls.push(`save ${entry}`)
    },
  } as unknown as SnapshotStore
  const warnings: string[] = []
  const snapshotter = new Snapshotter({
    job: 'j',
    journal,
    store,
    ids: { saved: () => void calls.push('ids saved') } as unknown as IdSet,
    tuning: { ...defaultTuning, ...tuning },
    real: time,
    log: { info: () => {}, warn: message => void warnings.push(message), error: () => {} },
    reached: () => {},
    capture: () => {
      calls.push('capture')
      return { entry: state.entry, header: {}, body: {}, sides: [] }
    },
    entry: 0,
    replayed,
  })
  return { snapshotter, time, calls, state, doors, warnings }
}

test('takes one when replaying would cost too much, saves it behind the journal, and lets the journal go after that', async () => {
  const { snapshotter, time, calls } = rig({ snapshotCostMs: 100 })
  snapshotter.rested(99)
  await time.settle()
  expect(calls).toEqual([])
  snapshotter.rested(1)
  await time.settle()
  expect(calls).toEqual(['capture', 'flush', 'save 1', 'ids saved', 'retain 7'])
  expect(snapshotter.entry).toBe(1)
})

test('what the last recovery repeated counts, for the next one would repeat it', async () => {
  const { snapshotter, time, calls } = rig({ snapshotCostMs: 100 }, { entries: 500, ms: 99 })
  snapshotter.rested(1)
  await time.settle()
  expect(calls).toContain('save 1')
})

test('is never ahead of the journal, and never taken while another one is under way', async () => {
  const { snapshotter, time, calls, state, doors } = rig({ snapshotEntries: 1 })
  state.held = true
  snapshotter.rested(0)
  await time.settle()
  state.entry = 2
  snapshotter.rested(0)
  await time.settle()
  expect(calls).toEqual(['capture', 'flush'])
  const asked = snapshotter.take()
  state.held = false
  doors[0]!()
  expect(await asked).toBe(true)
  expect(calls.filter(call => call.startsWith('save'))).toEqual(['save 1', 'save 2'])
})

test('one that cannot be written is named, and tried again after a pause', async () => {
  const { snapshotter, time, calls, state, warnings } = rig({ snapshotEntries: 1 })
  state.failure = new Error('ENOSPC')
  snapshotter.rested(0)
  await time.settle()
  for (let i = 0; i < 5; i++) snapshotter.rested(0)
  await time.settle()
  expect(calls.filter(call => call === 'capture')).toHaveLength(1)
  expect([snapshotter.failing, snapshotter.entry, warnings.length]).toEqual(['ENOSPC', 0, 1])
  state.failure = undefined
  await time.advance(10_000)
  snapshotter.rested(0)
  await time.settle()
  expect([snapshotter.failing, snapshotter.entry]).toEqual([undefined, 1])
})

test('takes one as well when the journal has grown, or after a long time, so that it can be trimmed', async () => {
  const { snapshotter, time, calls, state } = rig({ retentionBytes: 400, retentionMs: 4_000 })
  state.bytes = 100
  snapshotter.rested(0)
  await time.settle()
  expect(calls.filter(call => call === 'capture')).toHaveLength(1)
  snapshotter.rested(0)
  await time.advance(1_000)
  snapshotter.rested(0)
  await time.settle()
  expect(calls.filter(call => call === 'capture')).toHaveLength(2)
})
