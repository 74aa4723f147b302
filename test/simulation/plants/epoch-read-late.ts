import { raiseEpoch } from '../../../src/journal/raise-epoch.js'
import type { Plant } from '../plant.js'

/** The answer to whether the folder still has its owner is that of the question before. */
export const epochReadLate: Plant = {
  name: 'epoch-read-late',
  what: 'a process that was stopped and replaced settles or sends once more before it sees that',
  factories: {
    async raiseEpoch(disk, folder, reached) {
      const fence = await raiseEpoch(disk, folder, reached)
      let answer = Promise.resolve()
      const confirm = (): Promise<void> => {
        const earlier = answer
        answer = fence.confirm()
        answer.catch(() => undefined)
        return earlier
      }
      return { epoch: fence.epoch, confirm }
    },
  },
}
