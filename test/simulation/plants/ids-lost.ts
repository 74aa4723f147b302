import type { Plant } from '../plant.js'

/** Message ids do not outlive the process. */
export const idsLost: Plant = {
  name: 'ids-lost',
  what: 'the ids of processed messages are not restored from the snapshot',
  factories: {
    ids(ids) {
      ids.restore = () => undefined
      return ids
    },
  },
}
