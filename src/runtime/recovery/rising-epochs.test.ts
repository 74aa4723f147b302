import { expect, it } from 'vitest'
import { memoryDisk } from '../../journal/memory-disk-fixture.js'
import { raiseEpoch } from '../../journal/raise-epoch.js'
import { standardFactories } from '../job-factories.js'
import { risingEpochs } from './rising-epochs.js'

const quiet = (): void => {}

it('takes over from whoever has the folder at the first attempt, and from nobody else afterwards', async () => {
  const disk = memoryDisk()
  await raiseEpoch(disk, 'data', quiet)
  const rising = risingEpochs(standardFactories, false)
  expect((await rising.raiseEpoch(disk, 'data', quiet)).epoch).toBe(2)
  expect((await rising.raiseEpoch(disk, 'data', quiet)).epoch).toBe(3)
  await raiseEpoch(disk, 'data', quiet)
  await expect(rising.raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR440' })
})

it('does not take over from one that came while the disk was too full for a first attempt', async () => {
  const disk = memoryDisk()
  await raiseEpoch(disk, 'data', quiet)
  const [replaced, successor] = [risingEpochs(standardFactories, false), risingEpochs(standardFactories, false)]
  disk.onSync = () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  for (const one of [replaced, successor]) await expect(one.raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR441' })
  disk.onSync = quiet
  expect((await successor.raiseEpoch(disk, 'data', quiet)).epoch).toBe(2)
  await expect(replaced.raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR440' })
})

it('takes over from an owner that raised its own epoch while the disk was too full for a first attempt', async () => {
  const disk = memoryDisk()
  const [owner, successor] = [risingEpochs(standardFactories, false), risingEpochs(standardFactories, true)]
  await owner.raiseEpoch(disk, 'data', quiet)
  disk.onSync = () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  await expect(successor.raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR441' })
  disk.onSync = quiet
  expect((await owner.raiseEpoch(disk, 'data', quiet)).epoch).toBe(2)
  expect((await successor.raiseEpoch(disk, 'data', quiet)).epoch).toBe(3)
  await expect(owner.raiseEpoch(disk, 'data', quiet)).rejects.toMatchObject({ code: 'MR440' })
})
