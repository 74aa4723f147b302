import type { Fence } from '../../journal/fence.js'
import { presentEpoch } from '../../journal/raise-epoch.js'
import type { KeptEnd } from '../../journal/segment-log.js'
import { isFull } from '../is-full.js'
import type { JobFactories } from '../job-factories.js'

/**
 * A process that was replaced while it stood still must not take its folder back when it recovers: it names the epoch that it
 * had. Where none of its attempts went well yet (a full disk), it names the one that it found at the first, unless it came to
 * take over: then the owner, who waits for space as well, may have raised its own meanwhile, and is still to be replaced.
 *
 * An attempt that had the folder, and found no space to begin its journal, leaves its epoch to the next one, and what it read of the
 * journal: the end of that is what it was, as nobody who wrote before may go on.
 */
export function risingEpochs(factories: JobFactories, takeOver: boolean): JobFactories {
  let epoch: number | undefined
  let waiting: { readonly fence: Fence; readonly end: KeptEnd } | undefined
  return {
    ...factories,
    raiseEpoch: async (disk, folder, reached) => {
      if (waiting && (await isOurs(waiting.fence))) return waiting.fence
      const after = epoch
      // What cannot be read cannot be raised either, and the attempt says so.
      if (!takeOver) epoch ??= await presentEpoch(disk, folder).catch(() => undefined)
      const fence = await factories.raiseEpoch(disk, folder, reached, after)
      epoch = fence.epoch
      return fence
    },
    openJournal: async options => {
      const end = waiting?.fence === options.fence ? waiting.end : {}
      waiting = undefined
      try {
        return await factories.openJournal({ ...options, end })
      } catch (error) {
        if (isFull(error)) waiting = { fence: options.fence, end }
        throw error
      }
    },
  }
}

const isOurs = (fence: Fence): Promise<boolean> =>
  fence.confirm().then(
    () => true,
    () => false,
  )
