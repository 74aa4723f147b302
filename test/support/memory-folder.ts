import { type MemoryDisk, memoryDisk } from '../../src/journal/memory-disk-fixture.js'

/** A data folder in memory that outlives the jobs, as `startJobs` takes it. Nobody else wants it: its lock holds nothing. */
export const memoryFolder = (disk: MemoryDisk = memoryDisk()) => ({
  dataDir: 'data',
  disk,
  lock: async () => ({ release: async () => {} }),
})
