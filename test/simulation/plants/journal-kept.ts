import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** Nothing ever leaves the journal. */
export const journalKept: Plant = {
  name: 'journal-kept',
  what: 'segments that neither a recovery nor retention needs stay on the disk',
  factories: {
    async openJournal(options) {
      const journal = await openJournal(options)
      journal.retain = async () => undefined
      return journal
    },
  },
}
