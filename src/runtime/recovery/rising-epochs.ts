import type { JobFactories } from '../job-factories.js'

/** A process that was replaced while it stood still must not take its folder back when it recovers: it names the epoch that it had. */
export function risingEpochs(factories: JobFactories): JobFactories {
  let epoch: number | undefined
  return {
    ...factories,
    raiseEpoch: async (disk, folder, reached) => {
      const fence = await factories.raiseEpoch(disk, folder, reached, epoch)
      epoch = fence.epoch
      return fence
    },
  }
}
