import { openSnapshots } from '../../../src/journal/open-snapshots.js'
import type { SnapshotToSave } from '../../../src/journal/snapshot-store.js'
import type { State } from '../../../src/model/state.js'
import type { Plant } from '../plant.js'

/** A snapshot without the rows of the views. */
export const viewsNotSaved: Plant = {
  name: 'views-not-saved',
  what: 'a view shows after a restart only what has come since the last snapshot',
  factories: {
    async openSnapshots(options) {
      const store = await openSnapshots(options)
      const save = store.save.bind(store)
      store.save = (snapshot: SnapshotToSave) =>
        save({ ...snapshot, body: { ...(snapshot.body as { readonly [key: string]: State }), views: {} } })
      return store
    },
  },
}
