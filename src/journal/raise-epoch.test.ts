import { expect, it } from 'vitest'
import { memoryDisk } from './memory-disk-fixture.js'
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
