import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** The journal says at once that what was appended is durable. */
export const settledBeforeSync: Plant = {
  name: 'settled-before-sync',
  what: 'chunks are settled and outputs sent before the entry is on the disk',
  factories: {
    async openJournal(options) {
      const journal = await openJournal(options)
      // Taken now: whoever puts an `append` of its own in front later calls this one, and must not come back to itself.
      const append = journal.append.bind(journal)
      return new Proxy(journal, {
        get(target, name) {
          if (name === 'durable') return target.last
          if (name === 'append' && !Object.hasOwn(target, name)) {
            return (entry: Parameters<typeof journal.append>[0]) => {
              append(entry)
              queueMicrotask(options.onDurable)
            }
          }
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  },
}
