import { expect, it } from 'vitest'
import type { Fence } from '../../journal/fence.js'
import { defaultTuning } from '../../journal/journal.js'
import { memoryDisk } from '../../journal/memory-disk-fixture.js'
import type { JournalOptions } from '../../journal/open-journal.js'
import { raiseEpoch } from '../../journal/raise-epoch.js'
import type { Disk } from '../../model/disk.js'
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

const journalOf = (disk: Disk, fence: Fence): JournalOptions => ({
  disk,
  folder: 'data/journal',
  job: 'rooms',
  fence,
  tuning: defaultTuning,
  now: () => 0,
  after: () => quiet,
  log: { info: quiet, warn: quiet, error: quiet },
  reached: quiet,
  onDurable: quiet,
  onFailure: quiet,
})

it('keeps the epoch of an attempt for whose journal there was no space, unless another process took the folder over meanwhile', async () => {
  const disk = memoryDisk()
  const rising = risingEpochs(standardFactories, false)
  const full = (): never => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  const attempt = async (): Promise<number> => {
    const fence = await rising.raiseEpoch(disk, 'data', quiet)
    await (await rising.openJournal(journalOf(disk, fence))).close()
    return fence.epoch
  }
  disk.onWrite = full
  for (let i = 0; i < 3; i++) await expect(attempt()).rejects.toMatchObject({ code: 'MR445' })
  expect([...disk.files.keys()].filter(path => path.includes('epochs'))).toEqual(['data/epochs/0000000001'])
  disk.onWrite = (_path, bytes) => bytes
  // The segment got its name, and then the folder could not be synced.
  disk.onSync = path => {
    if (path === 'data/journal') full()
  }
  await expect(attempt()).rejects.toMatchObject({ code: 'MR445' })
  disk.onSync = quiet
  expect(await attempt()).toBe(1)
  expect(await attempt()).toBe(2)

  disk.onWrite = full
  await expect(attempt()).rejects.toMatchObject({ code: 'MR445' })
  await raiseEpoch(disk, 'data', quiet)
  disk.onWrite = (_path, bytes) => bytes
  await expect(attempt()).rejects.toMatchObject({ code: 'MR440' })
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
