import { expect, test } from 'vitest'
import type { MemoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { type SegmentFinding, verifyJournal } from '../../src/journal/verify-journal.js'
import { verifyState } from '../../src/runtime/replay/replay-verify.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { folder } from '../replay/replay-rig.js'
import { reading, rig, running, start } from '../runtime/rig.js'

const ids = { from: 'body', path: ['id'] } as const

/** A data folder of several segments with a snapshot amid them, as a kill leaves it. */
async function killed(): Promise<MemoryDisk> {
  const data = folder()
  let count = 0
  for (let life = 0; life < 3; life++) {
    const one = rig('climate', ids)
    const tuning = { snapshotEntries: 7, segmentBytes: 6_000 }
    const { time, jobs } = await running([one], { ...data, tuning, time: virtualTime(start + life * 60_000) })
    for (let i = 0; i < 6; i++) {
      const at = start + life * 60_000 + i * 2_000
      one.source.send(...Array.from({ length: 12 }, () => reading(at, 20, 'a', `${count++}`)))
      await time.advance(100)
    }
    const left = data.disk.copy()
    await jobs.stop()
    data.disk = left
  }
  return data.disk
}

async function verdict(disk: MemoryDisk): Promise<{ readonly possible: boolean; readonly text: string }> {
  const segments: SegmentFinding[] = []
  for await (const finding of verifyJournal(disk, 'data/journal')) segments.push(finding)
  return (await verifyState(disk, 'data', segments)).recovery
}

/** Whether a start makes the state again; the error, where it does not. */
async function started(disk: MemoryDisk): Promise<string | undefined> {
  const data = { ...folder(), disk: disk.copy() }
  try {
    const { jobs } = await running([rig('climate', ids)], { ...data, time: virtualTime(start + 200_000) })
    await jobs.stop()
    return undefined
  } catch (error) {
    return String(error)
  }
}

test('what `verify` says of a start is what a start does, whichever byte of its files is altered', async () => {
  const whole = await killed()
  const files = [...whole.files.keys()].filter(path => /journal|snapshots|identity/.test(path))
  expect(files.filter(path => path.endsWith('.seg')).length).toBeGreaterThan(3)
  expect(files.filter(path => path.endsWith('.snapshot'))).toHaveLength(2)
  expect([(await verdict(whole)).possible, await started(whole)]).toEqual([true, undefined])
  const told = new Set<boolean>()
  for (const path of files) {
    const { length } = whole.files.get(path)!
    for (const part of [0.001, 0.4, 0.7, 0.85, 0.99]) {
      const disk = whole.copy()
      const bytes = disk.files.get(path)!
      const at = Math.floor(length * part)
      bytes[at] = bytes[at]! ^ 0x10
      const { possible, text } = await verdict(disk)
      told.add(possible)
      const failure = await started(disk)
      expect(failure === undefined, `${path} byte ${at} of ${length}: "${text}", and a start: ${failure ?? 'goes well'}`).toBe(possible)
    }
  }
  expect(told).toEqual(new Set([true, false]))
})
