import { openJournal } from '../../../src/journal/open-journal.js'
import type { Plant } from '../plant.js'

/** Retention removes entries that the older snapshot needs. */
export const journalTailRemoved: Plant = {
  name: 'journal-tail-removed',
  what: 'retention keeps the journal only from the newest entry on, not from the older snapshot',
  factories: {
    async openJournal(options) {
      const journal = await openJournal(options)
      const retain = journal.retain.bind(journal)
      journal.retain = () => retain(journal.durable)
      return journal
    },
  },
}
