import { presentEpoch } from '../../journal/raise-epoch.js'
import type { JobFactories } from '../job-factories.js'

/**
 * A process that was replaced while it stood still must not take its folder back when it recovers: it names the epoch that it
 * had. Where none of its attempts went well yet (a full disk), it names the one that it found at the first, unless it came to
 * take over: then the owner, who waits for space as well, may have raised its own meanwhile, and is still to be replaced.
 */
export function risingEpochs(factories: JobFactories, takeOver: boolean): JobFactories {
  let epoch: number | undefined
  return {
    ...factories,
    raiseEpoch: async (disk, folder, reached) => {
      const after = epoch
      // What cannot be read cannot be raised either, and the attempt says so.
      if (!takeOver) epoch ??= await presentEpoch(disk, folder).catch(() => undefined)
      const fence = await factories.raiseEpoch(disk, folder, reached, after)
      epoch = fence.epoch
      return fence
    },
  }
}
