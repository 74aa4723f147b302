import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Disk } from '../model/disk.js'
import { type MemoryDisk, memoryDisk } from './memory-disk-fixture.js'
import { raiseEpoch } from './raise-epoch.js'

const quiet = (): void => {}

it('gives each owner a higher epoch, and tells the one before', async () => {
  const disk = memoryDisk()
  const points: string[] = []
  const first = await raiseEpoch(disk, 'data', point => points.push(point))
  expect(first.epoch).toBe(1)
  expect(points).toEqual(['epoch-written', 'epoch-raised'])
  await first.confirm()
  const second = await raiseEpoch(disk, 'data', quiet)
  expect(second.epoch).toBe(2)
  await second.confirm()
  await expect(first.confirm()).rejects.toMatchObject({ code: 'MR440' })
  expect(disk.files.size).toBe(1)
})

it('never gives two of them the same, however many try at once', async () => {
  const disk = memoryDisk()
  const raised = await Promise.allSettled(Array.from({ length: 30 }, () => raiseEpoch(disk, 'data', quiet)))
  const fences = raised.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  expect(new Set(fences.map(({ epoch }) => epoch)).size).toBe(fences.length)
  const owners = await Promise.allSettled(fences.map(fence => fence.confirm()))
  expect(owners.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  for (const result of raised) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'MR440' })
})

it('goes above every segment, though the epochs are lost', async () => {
  const disk = memoryDisk(new Map([['data/journal/0000000041-0000000000000007.seg', new Uint8Array(0)]]))
  expect((await raiseEpoch(disk, 'data', quiet)).epoch).toBe(42)
})

it('passes over files that are no epochs', async () => {
  const disk = memoryDisk(new Map([['data/epochs/99999999999-copy', new Uint8Array(0)]]))
  expect((await raiseEpoch(disk, 'data', quiet)).epoch).toBe(1)
})

it('says where the epoch cannot be read or written', async () => {
  const disk = memoryDisk()
  const fence = await raiseEpoch(disk, 'data', quiet)
  disk.files.clear()
  await expect(fence.confirm()).rejects.toMatchObject({ code: 'MR441' })
  disk.onSync = () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  await expect(raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR441' })
})

it('does not take a folder back that another process has taken over', async () => {
  const disk = memoryDisk()
  const first = await raiseEpoch(disk, 'data', quiet)
  const again = await raiseEpoch(disk, 'data', quiet, first.epoch)
  expect(again.epoch).toBe(2)
  await raiseEpoch(disk, 'data', quiet)
  await expect(raiseEpoch(disk, 'data', quiet, again.epoch)).rejects.toMatchObject({ code: 'MR440' })
})

it('takes the next epoch after an attempt of its own that failed', async () => {
  const disk = memoryDisk()
  const { epoch } = await raiseEpoch(disk, 'data', quiet)
  let failing = true
  disk.onSync = () => {
    if (failing) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
  }
  await expect(raiseEpoch(disk, 'data', quiet, epoch)).rejects.toMatchObject({ code: 'MR441' })
  failing = false
  expect((await raiseEpoch(disk, 'data', quiet, epoch)).epoch).toBe(2)
})

describe('an owner is told that it was replaced', () => {
  it('as soon as the next epoch is claimed, though whoever claimed it died before it did anything else', async () => {
    const disk = memoryDisk()
    const first = await raiseEpoch(disk, 'data', quiet)
    await disk.create('data/epochs/0000000002')
    await expect(first.confirm()).rejects.toMatchObject({ code: 'MR440' })
    // Its successor takes none twice.
    expect((await raiseEpoch(disk, 'data', quiet)).epoch).toBe(3)
    await expect(first.confirm()).rejects.toMatchObject({ code: 'MR440' })
    expect([...disk.files.keys()]).toEqual(['data/epochs/0000000003'])
  })

  it('before its successor reads anything, though the claim between them was withdrawn', async () => {
    const disk = memoryDisk()
    const first = await raiseEpoch(disk, 'data', quiet)
    await disk.create('data/epochs/0000000002')
    const third = await raiseEpoch(disk, 'data', point => point === 'epoch-written' && disk.files.delete('data/epochs/0000000002'))
    expect(third.epoch).toBe(3)
    await expect(first.confirm()).rejects.toMatchObject({ code: 'MR440' })
    await third.confirm()
  })

  it('or its successor fails, where its name cannot be taken away; who was the owner before stays it', async () => {
    const disk = memoryDisk()
    const first = await raiseEpoch(disk, 'data', quiet)
    const stuck = {
      ...disk,
      remove: async (path: string) => {
        if (path.endsWith('1')) throw Object.assign(new Error('read-only'), { code: 'EROFS' })
        await disk.remove(path)
      },
    }
    await expect(raiseEpoch(stuck, 'data', quiet)).rejects.toMatchObject({ code: 'MR441' })
    await first.confirm()
    expect((await raiseEpoch(disk, 'data', quiet, first.epoch)).epoch).toBe(2)
  })

  it('whichever steps its successors die at, fail at, or overtake each other at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(12), fc.boolean()), { maxLength: 5 }), fc.scheduler(), async (ends, scheduler) => {
        const disk = memoryDisk()
        // Nothing but the look itself is under way when the first one raises its epoch.
        const own = stepped(disk, scheduler, Number.POSITIVE_INFINITY, false)
        const rising = raiseEpoch(own, 'data', quiet)
        await scheduler.waitFor(rising)
        const first = await rising
        let replaced = false
        for (const [steps, dies] of ends) {
          const successor = raiseEpoch(stepped(disk, scheduler, steps, dies), 'data', quiet)
          successor.then(
            () => {
              replaced = true
            },
            () => undefined,
          )
        }
        const looks = async (): Promise<void> => {
          for (let look = 0; look < 20; look++) {
            const before = replaced
            const mine = await first.confirm().then(
              () => true,
              () => false,
            )
            if (before) expect(mine).toBe(false)
            if (ends.length === 0) expect(mine).toBe(true)
          }
        }
        await scheduler.waitFor(looks())
      }),
      { numRuns: 500 },
    )
  })
})

/** A disk whose steps happen in any order, for a process that dies, or whose disk fails, after so many of them. */
function stepped(disk: MemoryDisk, scheduler: fc.Scheduler, steps: number, dies: boolean): Disk {
  let left = steps
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), what)
    if (left-- > 0) return work()
    if (dies) return new Promise(() => undefined)
    throw Object.assign(new Error('input/output error'), { code: 'EIO' })
  }
  return {
    ...disk,
    list: path => step('list', () => disk.list(path)),
    exists: path => step('exists', () => disk.exists(path)),
    create: path => step('create', () => disk.create(path)),
    remove: path => step('remove', () => disk.remove(path)),
    syncFolder: path => step('sync', () => disk.syncFolder(path)),
  }
}
