import type { Journal } from '../../../src/journal/journal.js'
import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** The first entry behind the snapshot is left out of the replay. */
export const replayBeginsLate: Plant = {
  name: 'replay-begins-late',
  what: 'a replay begins one entry too late',
  factories: {
    async openJournal(options): Promise<Journal> {
      const journal = await openJournal(options)
      const read = journal.read.bind(journal)
      journal.read = async function* (after) {
        let first = true
        for await (const entry of read(after)) {
          const isInput = entry.kind === 'chunk' || entry.kind === 'reference'
          if (!(first && after > 0 && isInput)) yield entry
          if (isInput) first = false
        }
      }
      return journal
    },
  },
}
