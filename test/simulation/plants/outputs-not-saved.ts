import { openSnapshots } from '../../../src/journal/open-snapshots.js'
import type { SnapshotToSave } from '../../../src/journal/snapshot-store.js'
import type { State } from '../../../src/model/state.js'
import type { Plant } from '../plant.js'

/** A snapshot without what the sinks have not acknowledged. */
export const outputsNotSaved: Plant = {
  name: 'outputs-not-saved',
  what: 'unacknowledged outputs are not in the snapshot',
  factories: {
    async openSnapshots(options) {
      const store = await openSnapshots(options)
      const save = store.save.bind(store)
      store.save = (snapshot: SnapshotToSave) =>
        save({ ...snapshot, body: { ...(snapshot.body as { readonly [key: string]: State }), outputs: [] } })
      return store
    },
  },
}
