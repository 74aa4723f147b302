import type { Plant } from '../plant.js'

/** What a transactional sink says that it holds is not asked for. */
export const positionIgnored: Plant = {
  name: 'position-ignored',
  what: 'the position that the peer of a transactional sink holds is ignored',
  sink(writer) {
    return { ...writer, open: () => writer.open().then(() => undefined) }
  },
}
