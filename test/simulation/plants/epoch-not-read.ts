import { raiseEpoch } from '../../../src/journal/raise-epoch.js'
import type { Plant } from '../plant.js'

/** Nobody looks whether the folder has another owner. */
export const epochNotRead: Plant = {
  name: 'epoch-not-read',
  what: 'the epoch is raised at the start and never read again',
  factories: {
    raiseEpoch: async (disk, folder, reached) => ({
      epoch: (await raiseEpoch(disk, folder, reached)).epoch,
      confirm: async () => undefined,
    }),
  },
}
